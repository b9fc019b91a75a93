using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using AccessGov.Testing;

namespace AccessGov.EndToEnd;

/// <summary>What a provisioning system says of groups is what decisions go by: both services as processes of their own.</summary>
public sealed class RolesOfGroupsTests
{
    private static readonly Uri Console = new("http://127.0.0.1:7000");
    private static readonly Dictionary<string, string> Settings =
        new(StringComparer.Ordinal) { ["PolicyDecision__DirectPublication"] = "true" };

    private const string Policy = """@id("read") permit (principal in Role::"reader", action == Action::"study.view", resource);""";

    [Fact]
    [Trait("Requirement", "S7, S8")]
    public async Task Whoever_is_in_a_group_may_what_its_role_permits_for_as_long_as_they_are_in_it_and_work_here()
    {
        await using var services = new AccessGovProcesses();
        await services.StartAsync(Console, Settings);
        using var scim = new HttpClient { BaseAddress = services.IdentityFederation };
        scim.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", await services.TokenAsync("provisioning"));
        await services.SendAsync(
            HttpMethod.Put, "/roles/reader", new { description = "Reads images", permissions = new[] { "study.view" } });
        await services.SendAsync(HttpMethod.Post, "/policy-sets/hospital/versions", new
        {
            files = new[] { new { name = "a.cedar", text = Policy } },
            comment = "Readers view.",
        });
        await services.SendAsync(
            HttpMethod.Post, "/studies/import", new { studies = new[] { new { studyInstanceUid = "1.2.1", patientId = "P1" } } });

        string ada = await DoAsync(scim, "POST", "Users", """{"userName":"ada"}""");
        string group = await DoAsync(scim, "POST", "Groups", """{"displayName":"Radiologists"}""");
        await services.SendAsync(
            HttpMethod.Put, new Uri(services.IdentityFederation, $"groups/{group}/roles").AbsoluteUri,
            new { roles = new[] { new { role = "reader", scope = new { kind = "everywhere" } } } });
        (await MayAsync(services, ada)).ShouldBeFalse();

        await DoAsync(scim, "PATCH", $"Groups/{group}", Members("add", ada));
        await UntilAsync(services, ada, may: true, "put into the group");
        await DoAsync(scim, "PATCH", $"Groups/{group}", """{"Operations":[{"op":"remove","path":"members"}]}""");
        await UntilAsync(services, ada, may: false, "taken out of the group");

        await DoAsync(scim, "PATCH", $"Groups/{group}", Members("add", ada));
        await UntilAsync(services, ada, may: true, "put in again");
        await DoAsync(scim, "PATCH", $"Users/{ada}", Active("false"));
        await UntilAsync(services, ada, may: false, "deactivated");
        await DoAsync(scim, "PATCH", $"Users/{ada}", Active("true"));
        await UntilAsync(services, ada, may: true, "active again, and in the group still");
    }

    private static string Members(string operation, string person) =>
        $$"""{"Operations":[{"op":"{{operation}}","path":"members","value":[{"value":"{{person}}"}]}]}""";

    private static string Active(string value) => $$"""{"Operations":[{"op":"replace","path":"active","value": {{value}} }]}""";

    private static Task UntilAsync(AccessGovProcesses services, string person, bool may, string why) =>
        Eventually.HoldsAsync(async () => await MayAsync(services, person) == may, why);

    private static async Task<bool> MayAsync(AccessGovProcesses services, string person) =>
        (await services.SendAsync(HttpMethod.Post, "/access/v1/evaluation", new
        {
            subject = new { type = "User", id = person }, action = new { name = "study.view" },
            resource = new { type = "Study", id = "1.2.1" },
        }))!["decision"]!.GetValue<bool>();

    /// <summary>Sends SCIM that succeeds; answers the id of what it is about.</summary>
    private static async Task<string> DoAsync(HttpClient scim, string method, string path, string json)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), $"scim/v2/{path}")
        {
            Content = new StringContent(json, Encoding.UTF8, "application/scim+json"),
        };
        using HttpResponseMessage answer = await scim.SendAsync(request);
        string text = await answer.Content.ReadAsStringAsync();
        answer.IsSuccessStatusCode.ShouldBeTrue(text);
        return text.Length == 0 ? "" : JsonNode.Parse(text)!["id"]!.GetValue<string>();
    }
}
