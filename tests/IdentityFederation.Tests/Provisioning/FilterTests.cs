using System.Diagnostics;
using System.Text.Json.Nodes;
using AccessGov.IdentityFederation.Provisioning;

namespace AccessGov.IdentityFederation.Tests.Provisioning;

/// <summary>Filters as functions of a resource.</summary>
public sealed class FilterTests
{
    private static readonly JsonObject Ada = JsonNode.Parse(
        $$"""
        {"id":"Id-1","userName":"Ada.L","externalId":"Ext","active":true,"title":"Dr","name":{"familyName":"Lovelace"},
         "emails":[{"value":"ada@work.example","type":"work","primary":true},{"value":"ada@home.example","type":"home"}],
         "{{ScimClient.Enterprise}}":{"department":"Radiology","manager":{"value":"m-1"} },
         "meta":{"resourceType":"User","lastModified":"2026-05-13T04:42:34.000000Z"} }
        """)!.AsObject();

    [Theory]
    [InlineData("userName eq \"ADA.l\"", true)]
    [InlineData("USERNAME EQ \"ada.l\"", true)]
    [InlineData("userName ne \"ada.l\"", false)]
    [InlineData("userName co \"DA.\"", true)]
    [InlineData("userName sw \"ada\"", true)]
    [InlineData("userName ew \".l\"", true)]
    [InlineData("userName ew \".x\"", false)]
    [InlineData("userName gt \"ad\"", true)]
    [InlineData("userName lt \"ad\"", false)]
    [InlineData("userName ge \"ada.l\" and userName le \"ADA.L\"", true)]
    [InlineData("externalId eq \"Ext\"", true)]
    [InlineData("externalId eq \"ext\"", false)]
    [InlineData("id eq \"id-1\"", false)]
    [InlineData("active eq true", true)]
    [InlineData("active eq \"True\"", true)]
    [InlineData("active ne true", false)]
    [InlineData("title pr", true)]
    [InlineData("nickName pr", false)]
    [InlineData("nickName eq null", true)]
    [InlineData("title ne null", true)]
    [InlineData("nickName ne \"x\"", true)]
    [InlineData("nickName eq \"x\"", false)]
    [InlineData("not (title pr)", false)]
    [InlineData("not(nickName pr)", true)]
    [InlineData("name.familyName sw \"love\"", true)]
    [InlineData("name pr", true)]
    [InlineData("emails eq \"ADA@home.example\"", true)]
    [InlineData("emails.value eq \"ada@home.example\"", true)]
    [InlineData("emails co \"nowhere\"", false)]
    [InlineData("emails.type ne \"work\"", true)]
    [InlineData("emails[type eq \"work\"]", true)]
    [InlineData("emails[type eq \"work\" and value co \"@home\"]", false)]
    [InlineData("emails[type eq \"home\" and not (primary eq true)]", true)]
    [InlineData("emails[type eq \"work\"].value eq \"ada@work.example\"", true)]
    [InlineData("emails[type eq \"home\"].value eq \"ada@work.example\"", false)]
    [InlineData("emails[type eq \"other\"].value pr", false)]
    [InlineData("urn:ietf:params:scim:schemas:core:2.0:User:userName eq \"ada.l\"", true)]
    [InlineData("urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department eq \"radiology\"", true)]
    [InlineData("URN:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.value eq \"m-1\"", true)]
    [InlineData("urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager eq \"m-2\"", false)]
    [InlineData("meta.lastModified gt \"2026-05-13T04:42:33Z\"", true)]
    [InlineData("meta.lastModified eq \"2026-05-13T06:42:34+02:00\"", true)]
    [InlineData("meta.lastModified lt \"2026-05-13T04:42:34Z\"", false)]
    [InlineData("title eq \"x\" or title eq \"dr\" and active eq false", false)]
    [InlineData("(title eq \"x\" or title eq \"dr\") and active eq true", true)]
    [InlineData("title eq \"x\" and active eq false or active eq true", true)]
    [InlineData("  userName   eq   \"ada.l\"  ", true)]
    [InlineData("userName sw Ada", true)]
    [InlineData("name.FamilyName eq Lovelace and (emails.Value co work.example or emails.Value co nowhere.example)", true)]
    [InlineData("meta.LastModified gt 2015-10-10T14:38:21.8617979-07:00", true)]
    [InlineData("emails[type eq work].value eq ada@work.example", true)]
    public void A_filter_matches_what_it_says(string filter, bool matches) =>
        ScimFilterReader.Parse(filter, ScimSchemas.User).Matches(Ada).ShouldBe(matches);

    [Theory]
    [InlineData("")]
    [InlineData("userName")]
    [InlineData("userName eq")]
    [InlineData("userName eq x y")]
    [InlineData("userName eq and")]
    [InlineData("userName eq 'ada.l'")]
    [InlineData("meta.lastModified gt yesterday")]
    [InlineData("userName eq \"x")]
    [InlineData("userName eq \"x\" and")]
    [InlineData("userName eq \"x\" \"y\"")]
    [InlineData("userName is \"x\"")]
    [InlineData("nothing eq \"x\"")]
    [InlineData("(userName eq \"x\"")]
    [InlineData("userName eq \"x\")")]
    [InlineData("emails[type eq \"work\"")]
    [InlineData("emails[nothing eq \"work\"]")]
    [InlineData("emails[emails[type eq \"x\"]]")]
    [InlineData("name[givenName eq \"x\"]")]
    [InlineData("name eq \"x\"")]
    [InlineData("active gt true")]
    [InlineData("active eq \"maybe\"")]
    [InlineData("title gt null")]
    [InlineData("meta.lastModified eq \"yesterday\"")]
    [InlineData("meta.lastModified co \"2026\"")]
    [InlineData("userName eq {\"a\":1}")]
    [InlineData("userName eq \"a\\u0000\"")]
    [InlineData("userName eq \"\\ud800\"")]
    public void What_is_no_filter_is_refused(string filter) =>
        Should.Throw<ScimException>(() => ScimFilterReader.Parse(filter, ScimSchemas.User)).Status.ShouldBe(400);

    [Fact]
    public void A_hostile_filter_is_refused_at_once()
    {
        long start = Stopwatch.GetTimestamp();
        foreach (string hostile in new[]
        {
            new string('(', 7_900), new string('(', 10_000) + "title pr" + new string(')', 10_000), new string('a', 1_000_000),
            string.Concat(Enumerable.Repeat("not (", 1_500)), "title eq \"" + new string('x', 1_000_000) + "\"",
        })
        {
            Should.Throw<ScimException>(() => ScimFilterReader.Parse(hostile, ScimSchemas.User)).Type.ShouldBe("invalidFilter");
        }

        Stopwatch.GetElapsedTime(start).ShouldBeLessThan(TimeSpan.FromSeconds(2));
    }

    [Fact]
    public void Long_alternatives_are_no_depth() => ScimFilterReader.Parse(
        string.Join(" or ", Enumerable.Range(0, 300).Select(number => $"title eq \"{number}\"")), ScimSchemas.User).Matches(Ada)
            .ShouldBeFalse();
}
