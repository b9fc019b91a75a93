using System.Net;
using System.Text.Json.Nodes;
using AccessGov.IdentityFederation.Tests.Provisioning;

namespace AccessGov.IdentityFederation.Tests.Clearances;

/// <summary>What is on file of people, as whoever keeps it sees and changes it.</summary>
[Trait("Requirement", "S116")]
public sealed class ClearanceTests(ScimClient scim) : IClassFixture<ScimClient>
{
    private const string Paper = """{"completedOn":"2026-03-01","validUntil":"2999-03-01","reference":"HR-2026-123"}""";
    private readonly IdentityFederationHost host = scim.Host;

    [Fact]
    public async Task What_is_on_file_is_told_with_who_filed_it_and_stands_in_the_history()
    {
        string ada = await host.PersonAsync("on-file");
        States(await ClearancesAsync(ada)).ShouldBe(["background_check missing", "privacy_agreement missing"]);
        (await PutAsync(ada, "background_check", Paper)).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await PutAsync(ada, "background_check", Paper)).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await PutAsync(ada, "privacy_agreement", """{"completedOn":"2020-01-01","validUntil":"2021-01-01","reference":"P-1"}"""))
            .StatusCode.ShouldBe(HttpStatusCode.NoContent);

        JsonArray told = await ClearancesAsync(ada);
        States(told).ShouldBe(["background_check valid", "privacy_agreement expired"]);
        JsonNode check = told[0]!;
        (check["completedOn"]!.GetValue<string>(), check["validUntil"]!.GetValue<string>(), check["reference"]!.GetValue<string>())
            .ShouldBe(("2026-03-01", "2999-03-01", "HR-2026-123"));
        check["filedBy"]!.GetValue<string>().ShouldBe("grace");
        check["filedAt"]!.GetValue<DateTimeOffset>().ShouldBe(DateTimeOffset.UtcNow, TimeSpan.FromMinutes(1));

        (await DeleteAsync(ada, "background_check", """{"reason":"It was forged."}""")).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        States(await ClearancesAsync(ada)).ShouldBe(["background_check withdrawn", "privacy_agreement expired"]);
        JsonArray history = (await host.GetAsync($"/people/{ada}"))["history"]!.AsArray();
        history.Select(change => $"{change!["name"]} {change["reason"]}".TrimEnd()).ShouldBe(
        [
            "person_provisioned", "clearance_filed background_check: HR-2026-123", "clearance_filed privacy_agreement: P-1",
            "clearance_withdrawn background_check: It was forged.",
        ]);
        (await PutAsync(ada, "background_check", Paper)).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        States(await ClearancesAsync(ada))[0].ShouldBe("background_check valid");
    }

    [Fact]
    public async Task Each_refusal_has_its_status()
    {
        string eve = await host.PersonAsync("refused");
        string own = host.TokenOf(eve, "clearances.write");
        await Refusal.ShouldBeAsync(
            await host.SendAsync(HttpMethod.Put, $"/people/{eve}/clearances/background_check", Paper, own), 409, "self_clearance");
        await Refusal.ShouldBeAsync(await PutAsync(eve, "driving_licence", Paper), 404, "clearance_kind_unknown");
        await Refusal.ShouldBeAsync(await PutAsync("nobody", "background_check", Paper), 404, "person_unknown");
        await Refusal.ShouldBeAsync(
            await PutAsync(eve, "background_check", """{"completedOn":"2999-01-01","reference":"x"}"""), 400, "clearance_malformed");
        await Refusal.ShouldBeAsync(await DeleteAsync(eve, "background_check", """{"reason":"x"}"""), 404, "clearance_unknown");
        await Refusal.ShouldBeAsync(await DeleteAsync(eve, "background_check", """{"reason":""}"""), 400, "reason_required");
        string reader = host.TokenOf("grace", "clearances.read");
        await Refusal.ShouldBeAsync(
            await host.SendAsync(HttpMethod.Get, "/people/nobody/clearances", token: reader), 404, "person_unknown");
        await Refusal.ShouldBeAsync(
            await host.SendAsync(HttpMethod.Get, "/clearances/missing?limit=0", token: reader), 400, "paging_malformed");
        (await host.PostAsync($"/people/{eve}/deprovision", new { reason = "Left." })).IsSuccessStatusCode.ShouldBeTrue();
        await Refusal.ShouldBeAsync(
            await host.SendAsync(HttpMethod.Get, $"/people/{eve}/clearances", token: reader), 409, "person_gone");
    }

    [Theory]
    [InlineData("PUT", "")]
    [InlineData("PUT", "{}")]
    [InlineData("PUT", "null")]
    [InlineData("PUT", """{"completedOn":"2026-03-01"}""")]
    [InlineData("PUT", """{"completedOn":null,"reference":"x"}""")]
    [InlineData("PUT", """{"completedOn":"01.03.2026","reference":"x"}""")]
    [InlineData("PUT", """{"completedOn":"2026-02-30","reference":"x"}""")]
    [InlineData("PUT", """{"completedOn":"2026-03-01T00:00:00Z","reference":"x"}""")]
    [InlineData("PUT", """{"completedOn":"2026-03-01","reference":"x","kind":"y"}""")]
    [InlineData("DELETE", "")]
    [InlineData("DELETE", "{}")]
    [InlineData("DELETE", """{"reason":7}""")]
    public async Task A_body_that_cannot_be_read_is_refused(string method, string body)
    {
        using HttpResponseMessage refused = await host.SendAsync(
            new HttpMethod(method), "/people/nobody/clearances/background_check", body, host.TokenOf("grace", "clearances.write"));
        await Refusal.ShouldBeAsync(refused, 400, "malformed_request");
    }

    [Theory]
    [InlineData("GET", "/people/x/clearances", "clearances.write")]
    [InlineData("GET", "/clearances/missing", "people.read")]
    [InlineData("PUT", "/people/x/clearances/background_check", "clearances.read")]
    [InlineData("DELETE", "/people/x/clearances/background_check", "people.manage")]
    public async Task Only_who_keeps_clearances_sees_and_changes_them(string method, string path, string scope)
    {
        using HttpResponseMessage refused = await host.SendAsync(
            new HttpMethod(method), path, method == "GET" ? null : "{}", host.TokenOf("grace", scope));
        refused.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await host.GetAsync("/openapi/v1.json"))["paths"]![path.Replace("/x/", "/{id}/", StringComparison.Ordinal)
            .Replace("background_check", "{kind}", StringComparison.Ordinal)]![method.ToLowerInvariant()].ShouldNotBeNull();
    }

    [Fact]
    public async Task Whoever_administers_without_a_clearance_is_reported_also_when_it_ends_soon()
    {
        await using IdentityFederationHost own = await IdentityFederationHost.StartAsync(
            settings: new Dictionary<string, string?>(StringComparer.Ordinal)
            {
                ["IdentityFederation:Provisioning:Clients:tests"] = "hospital",
            });
        string[] people = [.. (await Task.WhenAll(
            new[] { "nothing", "cleared", "ending", "expired", "left", "everyday" }.Select(name => own.PersonAsync(name))))];
        await AdministrationTests.GroupAsync(own, people[..5], "people.manage", "things.read", "people.read");
        await AdministrationTests.GroupAsync(own, people[5..], "things.read");
        string today = Day(0);
        await FileAsync(own, people[1], "background_check", null);
        await FileAsync(own, people[1], "privacy_agreement", Day(31));
        await FileAsync(own, people[2], "background_check", Day(30));
        await FileAsync(own, people[2], "privacy_agreement", null);
        await FileAsync(own, people[3], "background_check", Day(-1));
        await FileAsync(own, people[3], "privacy_agreement", today);
        (await own.PostAsync($"/people/{people[4]}/deactivate", new { reason = "Left." })).IsSuccessStatusCode.ShouldBeTrue();

        JsonArray told = await MissingAsync(own, "");
        told.Select(row => row!["person"]!.GetValue<string>()).ShouldBe(
            new[] { people[0], people[2], people[3] }.Order(StringComparer.Ordinal),
            "neither who is cleared, nor who left, nor who administers nothing");
        JsonNode nothing = told.Single(row => row!["userName"]!.GetValue<string>() == "nothing")!;
        Words(nothing["scopes"]!).ShouldBe(["people.manage", "people.read"], "what everybody may is no administration");
        Words(nothing["missing"]!).ShouldBe(["background_check", "privacy_agreement"]);
        Words(nothing["expired"]!).ShouldBeEmpty();
        JsonNode ending = told.Single(row => row!["userName"]!.GetValue<string>() == "ending")!;
        Words(ending["missing"]!).ShouldBeEmpty();
        Ends(ending).ShouldBe([$"background_check {Day(30)}"]);
        JsonNode expired = told.Single(row => row!["userName"]!.GetValue<string>() == "expired")!;
        Words(expired["missing"]!).ShouldBeEmpty();
        Words(expired["expired"]!).ShouldBe(["background_check"]);
        Ends(expired).ShouldBe([$"privacy_agreement {today}"]);

        JsonArray first = await MissingAsync(own, "?limit=1");
        (await MissingAsync(own, $"?limit=10&after={first[0]!["person"]}")).Count.ShouldBe(2);
    }

    private static string Day(int ahead) =>
        DateOnly.FromDateTime(DateTime.UtcNow).AddDays(ahead).ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);

    internal static async Task FileAsync(IdentityFederationHost host, string person, string kind, string? validUntil)
    {
        var body = new JsonObject { ["completedOn"] = "2020-01-01", ["validUntil"] = validUntil, ["reference"] = "HR-1" };
        using HttpResponseMessage filed = await host.SendAsync(
            HttpMethod.Put, $"/people/{person}/clearances/{kind}", body.ToJsonString(), host.TokenOf("grace", "clearances.write"));
        filed.StatusCode.ShouldBe(HttpStatusCode.NoContent, await filed.Content.ReadAsStringAsync());
    }

    private static async Task<JsonArray> MissingAsync(IdentityFederationHost host, string query)
    {
        using HttpResponseMessage answer = await host.SendAsync(
            HttpMethod.Get, $"/clearances/missing{query}", token: host.TokenOf("grace", "clearances.read"));
        return (await Tokens.ClientPeer.OkAsync(answer))["people"]!.AsArray();
    }

    private async Task<JsonArray> ClearancesAsync(string person) => (await Tokens.ClientPeer.OkAsync(await host.SendAsync(
        HttpMethod.Get, $"/people/{person}/clearances", token: host.TokenOf("grace", "clearances.read"))))["clearances"]!.AsArray();

    private Task<HttpResponseMessage> PutAsync(string person, string kind, string body) => host.SendAsync(
        HttpMethod.Put, $"/people/{person}/clearances/{kind}", body, host.TokenOf("grace", "clearances.write"));

    private Task<HttpResponseMessage> DeleteAsync(string person, string kind, string body) => host.SendAsync(
        HttpMethod.Delete, $"/people/{person}/clearances/{kind}", body, host.TokenOf("grace", "clearances.write"));

    private static string[] States(JsonArray clearances) => [.. clearances.Select(one => $"{one!["kind"]} {one["state"]}")];

    private static string[] Ends(JsonNode row) => [.. row["ending"]!.AsArray().Select(end => $"{end!["kind"]} {end["validUntil"]}")];

    private static string[] Words(JsonNode list) => [.. list.AsArray().Select(word => word!.GetValue<string>())];
}
