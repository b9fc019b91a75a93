using System.Text.Json.Nodes;

namespace AccessGov.IdentityFederation.Tests.Provisioning;

/// <summary>What Entra ID, Okta and others send, over HTTP.</summary>
public sealed class QuirkTests(ScimClient scim) : IClassFixture<ScimClient>
{
    [Fact]
    public async Task Entra_disables_with_a_capital_and_a_text()
    {
        string id = await scim.UserAsync("entra-off");
        JsonObject user = await scim.DoAsync(
            "PATCH", $"/Users/{id}", """{"Operations":[{"op":"Replace","path":"active","value":"False"}]}""");
        user["active"]!.GetValue<bool>().ShouldBeFalse();
        (await scim.Host.GetAsync($"/people/{id}"))["history"]!.AsArray()[^1]!["name"]!.GetValue<string>().ShouldBe("person_deactivated");
    }

    [Fact]
    public async Task Entra_changes_without_a_path_and_leads_to_several_events_in_one_append()
    {
        string id = await scim.UserAsync("entra-change", "\"nickName\":\"kept\"");
        JsonObject user = await scim.DoAsync("PATCH", $"/Users/{id}", $$"""
            {"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[
              {"op":"Add","value":{"name.givenName":"Ada","{{ScimClient.Enterprise}}:department":"Radiology","active":"False"} },
              {"op":"Add","path":"emails[type eq \"work\"].value","value":"ada@hospital.example"},
              {"op":"Add","path":"{{ScimClient.Enterprise}}:manager","value":"m-1"}]}
            """);

        user["name"]!["givenName"]!.GetValue<string>().ShouldBe("Ada");
        user["nickName"]!.GetValue<string>().ShouldBe("kept");
        user["emails"]!.ToJsonString().ShouldBe("""[{"value":"ada@hospital.example","type":"work"}]""");
        user[ScimClient.Enterprise]!["department"]!.GetValue<string>().ShouldBe("Radiology");
        user[ScimClient.Enterprise]!["manager"]!["value"]!.GetValue<string>().ShouldBe("m-1");
        user["meta"]!["version"]!.GetValue<string>().ShouldBe("W/\"3\"");
        (await scim.Host.GetAsync($"/people/{id}"))["history"]!.AsArray().Select(change => change!["name"]!.GetValue<string>())
            .ShouldBe(["person_provisioned", "person_changed", "person_deactivated"]);
    }

    [Fact]
    public async Task A_patch_that_says_what_is_so_already_changes_nothing()
    {
        string id = await scim.UserAsync("same", "\"title\":\"T\"");
        JsonObject user = await scim.DoAsync(
            "PATCH", $"/Users/{id}", """{"Operations":[{"op":"replace","value":{"title":"T","active":true}}]}""");
        user["meta"]!["version"]!.GetValue<string>().ShouldBe("W/\"1\"");
    }

    [Theory]
    [InlineData("""{"Operations":[{"op":"replace","path":"userName","value":"QUIRK-TAKEN"}]}""", 409, "uniqueness")]
    [InlineData("""{"Operations":[{"op":"replace","path":"id","value":"x"}]}""", 400, "mutability")]
    [InlineData("""{"Operations":[{"op":"replace","path":"nothing","value":"x"}]}""", 400, "invalidPath")]
    [InlineData("""{"Operations":[{"op":"replace","path":"emails[type eq \"work\"].value","value":"x"}]}""", 400, "noTarget")]
    [InlineData("""{"Operations":"x"}""", 400, "invalidSyntax")]
    [InlineData("""{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"Operations":[{"op":"replace","path":"title","value":"x"}]}""", 400, "invalidSyntax")]
    public async Task What_a_patch_cannot_do_is_refused_with_its_type(string json, int status, string type)
    {
        await scim.SendAsync("POST", "/Users", """{"userName":"quirk-taken"}""");
        string id = await scim.UserAsync($"quirk-{Guid.NewGuid()}");
        await scim.RefusedAsync("PATCH", $"/Users/{id}", json, status, type);
    }
}
