using System.Text.Json.Nodes;
using AccessGov.IdentityFederation.People;
using Microsoft.Extensions.DependencyInjection;

namespace AccessGov.IdentityFederation.Tests.Provisioning;

public sealed class UserTests(ScimClient scim) : IClassFixture<ScimClient>
{
    [Fact]
    public async Task A_user_comes_back_as_it_was_sent()
    {
        var sent = JsonNode.Parse(
            $$"""
            {
              "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User", "{{ScimClient.Enterprise}}"],
              "userName": "Ada.Lovelace", "externalId": "E-1", "displayName": "Ada Lovelace", "nickName": "Ada", "active": true,
              "name": {"formatted": "Dr. Ada Lovelace", "familyName": "Lovelace", "givenName": "Ada", "honorificPrefix": "Dr."},
              "title": "Radiologist", "userType": "Employee", "preferredLanguage": "de-AT", "locale": "de-AT", "timezone": "Europe/Vienna",
              "profileUrl": "https://intranet.example/ada",
              "emails": [{"value": "ada@hospital.example", "type": "work", "primary": true}, {"value": "ada@home.example", "type": "home"}],
              "phoneNumbers": [{"value": "+43 1 234", "type": "work"}],
              "addresses": [{"type": "work", "locality": "Vienna", "country": "AT"}],
              "roles": [{"value": "reader"}], "entitlements": [{"value": "parking"}], "ims": [{"value": "ada", "type": "xmpp"}],
              "photos": [{"value": "https://intranet.example/ada.png", "type": "photo"}], "x509Certificates": [{"value": "MIIB"}],
              "{{ScimClient.Enterprise}}": {
                "employeeNumber": "7", "costCenter": "CC", "organization": "Hospital", "division": "Imaging", "department": "Radiology",
                "manager": {"value": "m-1", "displayName": "Grace"}
              }
            }
            """)!.AsObject();
        var body = (JsonObject)sent.DeepClone();
        (body["password"], body["favouriteColour"], body["urn:example:unknown:1.0"]) = ("secret", "green", new JsonObject { ["x"] = 1 });

        (int status, JsonObject made, HttpResponseMessage response) = await scim.SendAsync("POST", "/Users", body);

        status.ShouldBe(201, made.ToJsonString());
        string id = made["id"]!.GetValue<string>();
        string location = $"https://identity.test/scim/v2/Users/{id}";
        response.Headers.Location!.ToString().ShouldBe(location);
        response.Headers.ETag!.ToString().ShouldBe("W/\"1\"");
        made["meta"]!["location"]!.GetValue<string>().ShouldBe(location);
        made["meta"]!["resourceType"]!.GetValue<string>().ShouldBe("User");
        made["meta"]!["version"]!.GetValue<string>().ShouldBe("W/\"1\"");
        JsonObject got = await scim.DoAsync("GET", $"/Users/{id}");
        JsonNode.DeepEquals(got, made).ShouldBeTrue(got.ToJsonString());
        got.Remove("id");
        got.Remove("meta");
        JsonNode.DeepEquals(got, sent).ShouldBeTrue(got.ToJsonString());
    }

    [Fact]
    public async Task A_deleted_user_is_gone_and_the_name_is_free()
    {
        string id = await scim.UserAsync("leaver");
        (await scim.DoAsync("DELETE", $"/Users/{id}")).Count.ShouldBe(0);

        await scim.RefusedAsync("GET", $"/Users/{id}", null, 404, null);
        await scim.RefusedAsync("DELETE", $"/Users/{id}", null, 404, null);
        await scim.RefusedAsync("PUT", $"/Users/{id}", """{"userName":"leaver"}""", 404, null);
        (await scim.FindAsync("userName eq \"leaver\"")).ShouldBeEmpty();
        await scim.UserAsync("leaver");
    }

    [Fact]
    [Trait("Requirement", "S7")]
    public async Task Inactive_people_are_deactivated_by_scim_and_come_back()
    {
        string id = await scim.UserAsync("sleeper");
        await scim.DoAsync("PUT", $"/Users/{id}", """{"userName":"sleeper","displayName":"S","active":false}""");
        await scim.DoAsync("PUT", $"/Users/{id}", """{"userName":"sleeper","displayName":"S"}""");
        (await scim.DoAsync("GET", $"/Users/{id}"))["active"]!.GetValue<bool>().ShouldBeFalse("an omission neither disables nor enables");
        await scim.DoAsync("PUT", $"/Users/{id}", """{"userName":"sleeper","displayName":"S","active":"True"}""");

        JsonArray history = (await scim.Host.GetAsync($"/people/{id}"))["history"]!.AsArray();
        history.Select(change => change!["name"]!.GetValue<string>()).ShouldBe(
            ["person_provisioned", "person_changed", "person_deactivated", "person_reactivated"]);
        history[2]!["reason"]!.GetValue<string>().ShouldBe("The provisioning system set active to false.");
    }

    [Fact]
    public async Task An_omitted_active_disables_nobody()
    {
        string id = await scim.UserAsync("omitted");
        (await scim.DoAsync("PUT", $"/Users/{id}", """{"userName":"omitted","title":"T"}"""))["active"]!.GetValue<bool>().ShouldBeTrue();
    }

    [Fact]
    public async Task A_put_replaces_what_it_does_not_name()
    {
        string id = await scim.UserAsync("replaced", "\"nickName\":\"R\",\"title\":\"T\",\"emails\":[{\"value\":\"r@x.example\"}]");
        JsonObject user = await scim.DoAsync("PUT", $"/Users/{id}", """{"USERNAME":"replaced-2","Name":{"GIVENNAME":"R"},"id":"other"}""");

        user["id"]!.GetValue<string>().ShouldBe(id);
        user["userName"]!.GetValue<string>().ShouldBe("replaced-2");
        user["name"]!["givenName"]!.GetValue<string>().ShouldBe("R");
        (user.ContainsKey("nickName") || user.ContainsKey("title") || user.ContainsKey("emails")).ShouldBeFalse();
    }

    [Theory]
    [InlineData("{\"userName\":\"TWICE\"}", 409, "uniqueness")]
    [InlineData("{\"userName\":\"x\",\"schemas\":[\"urn:ietf:params:scim:schemas:core:2.0:Group\"]}", 400, "invalidSyntax")]
    [InlineData("{\"userName\":\"x\",\"emails\":[{\"value\":\"a\",\"primary\":true},{\"value\":\"b\",\"primary\":\"True\"}]}", 400,
        "invalidValue")]
    [InlineData("{\"displayName\":\"nobody\"}", 400, "invalidValue")]
    [InlineData("{\"userName\":\"\"}", 400, "invalidValue")]
    [InlineData("{\"userName\":{}}", 400, "invalidValue")]
    [InlineData("{\"userName\":\"x\",\"active\":\"maybe\"}", 400, "invalidValue")]
    [InlineData("{\"userName\":\"x\",\"name\":\"plain\"}", 400, "invalidValue")]
    [InlineData("{\"userName\":\"x\",\"nickName\":\"a\\u0000b\"}", 400, "invalidValue")]
    [InlineData("{\"userName\":\"x\",\"nickName\":\"\\ud800\"}", 400, "invalidValue")]
    [InlineData("{\"userName\":\"x\",\"name\":{\"\\ud800\":1}}", 400, "invalidSyntax")]
    [InlineData("{\"userName\":\"x\",\"userName\":\"y\"}", 400, "invalidSyntax")]
    [InlineData("{\"userName\":", 400, "invalidSyntax")]
    [InlineData("[]", 400, "invalidSyntax")]
    public async Task What_cannot_be_a_user_is_refused(string json, int status, string type)
    {
        await scim.SendAsync("POST", "/Users", """{"userName":"twice","externalId":"twice"}""");
        await scim.RefusedAsync("POST", "/Users", json, status, type);
    }

    [Fact]
    public async Task A_zone_that_nobody_knows_and_what_is_not_primary_come_back_as_they_were()
    {
        string id = await scim.UserAsync("odd", "\"timezone\":\"Mars/Olympus\",\"emails\":[{\"value\":\"a@x\",\"primary\":false}]");
        JsonObject user = await scim.DoAsync("GET", $"/Users/{id}");
        user["timezone"]!.GetValue<string>().ShouldBe("Mars/Olympus");
        user["emails"]!.ToJsonString().ShouldBe("""[{"value":"a@x","primary":false}]""");
        (await scim.FindAsync("timezone eq \"mars/olympus\" and emails.primary eq false")).ShouldBe(["odd"]);
        (await scim.DoAsync("PUT", $"/Users/{id}", """{"userName":"odd","timezone":"Europe/Vienna"}"""))["timezone"]!.GetValue<string>()
            .ShouldBe("Europe/Vienna");
    }

    [Fact]
    public async Task People_with_one_external_id_are_kept_and_nobody_is_recognised_by_it()
    {
        PersonDirectory directory = scim.Host.Services.GetRequiredService<PersonDirectory>();
        string first = await scim.UserAsync("one-id-1", "\"externalId\":\"one-id\"");
        (await directory.FindByExternalIdsAsync("hospital", ["one-id"], default)).Keys.ShouldBe(["one-id"]);
        string second = await scim.UserAsync("one-id-2", "\"externalId\":\"one-id\"");
        (await scim.FindAsync("externalId eq \"one-id\"")).ShouldBe(["one-id-1", "one-id-2"], ignoreOrder: true);
        (await directory.FindByExternalIdsAsync("hospital", ["one-id"], default)).ShouldBeEmpty();

        string third = await scim.UserAsync("one-id-3", "\"externalId\":\"own\"");
        JsonNode patch = JsonNode.Parse("""{"Operations":[{"op":"replace","path":"externalId","value":"one-id"}]}""")!;
        (await scim.SendAsync("PATCH", $"/Users/{third}", patch)).Body["externalId"]!.GetValue<string>().ShouldBe("one-id");
        await scim.DoAsync("DELETE", $"/Users/{third}");
        await scim.DoAsync("DELETE", $"/Users/{first}");
        (await scim.DoAsync("PUT", $"/Users/{second}",
            """{"userName":"one-id-2","externalId":"one-id"}"""))["externalId"]!.GetValue<string>().ShouldBe("one-id");
        (await directory.FindByExternalIdsAsync("hospital", ["one-id"], default))["one-id"].Id.ShouldBe(second);
    }

    [Fact]
    public async Task A_deactivated_user_still_has_the_name()
    {
        await scim.UserAsync("inactive-one", "\"active\":false");
        await scim.RefusedAsync("POST", "/Users", """{"userName":"inactive-one"}""", 409, "uniqueness");
    }

    [Fact]
    public async Task Of_ten_posts_of_one_name_at_once_one_makes_a_user()
    {
        (int Status, JsonObject Body, HttpResponseMessage)[] answers = await Task.WhenAll(
            Enumerable.Range(0, 10).Select(_ => scim.SendAsync("POST", "/Users", """{"userName":"contested"}""")));

        answers.Select(answer => answer.Status).Order().ShouldBe([201, .. Enumerable.Repeat(409, 9)]);
        (await scim.FindAsync("userName eq \"contested\"")).ShouldBe(["contested"]);
    }

    [Fact]
    public async Task A_stale_tag_changes_nothing_and_a_known_one_is_not_sent_again()
    {
        string id = await scim.UserAsync("tagged");
        await scim.DoAsync("PUT", $"/Users/{id}", """{"userName":"tagged","title":"T"}""");
        JsonNode patch = JsonNode.Parse("""{"Operations":[{"op":"replace","path":"title","value":"U"}]}""")!;

        foreach (string method in new[] { "PATCH", "PUT", "DELETE" })
        {
            (await scim.SendAsync(method, $"/Users/{id}", patch, headers: ("If-Match", "W/\"1\""))).Status.ShouldBe(412);
        }

        (await scim.SendAsync("PATCH", $"/Users/{id}", patch, headers: ("If-Match", "\"never given\""))).Status.ShouldBe(412);
        (await scim.SendAsync("GET", $"/Users/{id}", headers: ("If-None-Match", "W/\"2\""))).Status.ShouldBe(304);
        (await scim.SendAsync("GET", $"/Users/{id}", headers: ("If-None-Match", "W/\"1\""))).Status.ShouldBe(200);
        (await scim.SendAsync("PATCH", $"/Users/{id}", patch, headers: ("If-Match", "W/\"2\"")))
            .Body["meta"]!["version"]!.GetValue<string>().ShouldBe("W/\"3\"");
        (await scim.SendAsync("PATCH", $"/Users/{id}", patch, headers: ("If-Match", "*"))).Status.ShouldBe(200);
    }

    [Theory]
    [InlineData("\"1\", W/\"2\"", 200, 304)]
    [InlineData("W/\"2\",\"7\"", 200, 304)]
    [InlineData("\"2\"", 200, 304)]
    [InlineData("W/\"7\", \"not, given\", \"2\"", 200, 304)]
    [InlineData("*", 200, 304)]
    [InlineData("W/\"1\", W/\"3\"", 412, 200)]
    [InlineData("\"02\"", 412, 200)]
    [InlineData("\"not, 2, given\"", 412, 200)]
    [InlineData("2", 412, 200)]
    [InlineData("W/\"2", 412, 200)]
    [InlineData("", 200, 200)]
    public async Task Tags_come_in_lists_and_weak_ones_are_those_that_are_given(string tags, int patched, int read)
    {
        string id = await scim.UserAsync($"listed-{Guid.NewGuid():n}");
        JsonNode patch = JsonNode.Parse("""{"Operations":[{"op":"replace","path":"title","value":"T"}]}""")!;
        await scim.DoAsync("PATCH", $"/Users/{id}", patch.ToJsonString());

        (await scim.SendAsync("GET", $"/Users/{id}", headers: ("If-None-Match", tags))).Status.ShouldBe(read);
        (await scim.SendAsync("PATCH", $"/Users/{id}", patch, headers: ("If-Match", tags))).Status.ShouldBe(patched);
    }

    [Fact]
    public async Task Tags_may_be_in_several_headers()
    {
        string id = await scim.UserAsync("headers");
        (await scim.SendAsync("GET", $"/Users/{id}", headers: [("If-None-Match", "\"7\""), ("If-None-Match", "W/\"1\"")]))
            .Status.ShouldBe(304);
        (await scim.SendAsync("DELETE", $"/Users/{id}", headers: [("If-Match", "\"7\""), ("If-Match", "W/\"8\"")])).Status.ShouldBe(412);
        (await scim.SendAsync("DELETE", $"/Users/{id}", headers: [("If-Match", "\"7\""), ("If-Match", "W/\"1\"")])).Status.ShouldBe(204);
    }

    [Fact]
    public async Task People_of_other_organisations_do_not_exist()
    {
        string other = await scim.Host.PersonAsync("of-the-other-house", "other-house");

        (await scim.FindAsync("userName eq \"of-the-other-house\"")).ShouldBeEmpty();
        await scim.RefusedAsync("GET", $"/Users/{other}", null, 404, null);
        await scim.RefusedAsync("DELETE", $"/Users/{other}", null, 404, null);
        await scim.RefusedAsync("PUT", $"/Users/{other}", """{"userName":"taken-over"}""", 404, null);
        await scim.RefusedAsync(
            "PATCH", $"/Users/{other}", """{"Operations":[{"op":"replace","path":"active","value":false}]}""", 404, null);
        (await scim.DoAsync("POST", "/Groups", $$"""{"displayName":"grab","members":[{"value":"{{other}}"}]}""")).ContainsKey("members")
            .ShouldBeFalse();
        (await scim.Host.GetAsync($"/people/{other}"))["active"]!.GetValue<bool>().ShouldBeTrue();
    }

    [Fact]
    public async Task A_client_without_an_organisation_is_told_what_to_configure()
    {
        await using IdentityFederationHost unconfigured = await IdentityFederationHost.StartAsync();
        using HttpResponseMessage refused = await unconfigured.SendAsync(
            HttpMethod.Get, "/scim/v2/Users", null, unconfigured.TokenOf("tests", "scim"));
        ((int)refused.StatusCode).ShouldBe(403);
        (await refused.Content.ReadAsStringAsync()).ShouldContain("IdentityFederation:Provisioning:Clients:tests");

        using HttpResponseMessage scopeless = await scim.Host.SendAsync(
            HttpMethod.Get, "/scim/v2/Users", null, scim.Host.TokenOf("tests", "people.manage"));
        ((int)scopeless.StatusCode).ShouldBe(403);
        scopeless.Content.Headers.ContentType!.MediaType.ShouldBe("application/scim+json");
        using HttpResponseMessage nobody = await scim.Host.SendAsync(HttpMethod.Get, "/scim/v2/Users", null, "x");
        ((int)nobody.StatusCode).ShouldBe(401);
        nobody.Content.Headers.ContentType!.MediaType.ShouldBe("application/scim+json");
    }

    [Fact]
    public async Task Both_media_types_are_taken_and_no_other()
    {
        (await scim.SendAsync("POST", "/Users", JsonNode.Parse("""{"userName":"plain-json"}"""), "application/json")).Status.ShouldBe(201);
        (await scim.SendAsync("POST", "/Users", JsonNode.Parse("""{"userName":"xml"}"""), "application/xml")).Status.ShouldBe(415);
        await scim.RefusedAsync("GET", "/Nothing", null, 404, null);
    }
}
