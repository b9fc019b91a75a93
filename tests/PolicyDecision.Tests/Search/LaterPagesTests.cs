using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using AccessGov.PolicyDecision.Tests.Evaluation;
using AccessGov.Testing;

namespace AccessGov.PolicyDecision.Tests.Search;

/// <summary>What happens between the first page of a search and a later one, through HTTP.</summary>
public sealed class LaterPagesTests(Hospital hospital) : IClassFixture<Hospital>
{
    [Fact]
    public async Task Pages_are_cut_from_what_the_first_one_found_and_nothing_new_appears()
    {
        await hospital.GiveAsync("pager", "patient P1");
        JsonNode first = await FirstPageAsync("pager");
        (Ids(first), Numbers(first)).ShouldBe(("1.2.1", (1, 2)));

        await hospital.GiveAsync("pager", "patient P2");
        JsonNode second = await NextPageAsync("pager", Token(first));
        (Ids(second), Numbers(second), Token(second)).ShouldBe(("1.2.3", (1, 2), ""));
        Ids(await SearchedAsync("pager", new { token = Token(first), limit = 1 })).ShouldBe("1.2.3", "the same page is the same again");
        second["context"]!["evaluation_id"]!.GetValue<string>().ShouldBe(first["context"]!["evaluation_id"]!.GetValue<string>());
    }

    [Fact]
    public async Task What_was_revoked_is_on_no_later_page()
    {
        string grant = await GiveAsync("revoked");
        JsonNode first = await FirstPageAsync("revoked");

        using HttpResponseMessage revoked = await hospital.Host.PostAsync($"/grants/{grant}/revoke", new { reason = "x" });
        revoked.Headers.Contains("AccessGov-Position").ShouldBeTrue("the revocation is acknowledged");

        JsonNode second = await NextPageAsync("revoked", Token(first));
        (Ids(second), Numbers(second), Token(second)).ShouldBe(("", (0, 2), ""));
    }

    [Fact]
    public async Task What_is_over_by_itself_is_on_no_later_page()
    {
        await hospital.GiveAsync("over", "patient P1", until: "2026-03-01T00:01:00Z");
        JsonNode first = await FirstPageAsync("over");

        Ids(await NextPageAsync("over", Token(first), "2026-03-01T00:00:59Z")).ShouldBe("1.2.3");
        Ids(await NextPageAsync("over", Token(first), "2026-03-01T00:01:00Z")).ShouldBe("");
    }

    [Fact]
    public async Task Without_the_database_a_later_page_is_refused_like_a_first_one()
    {
        await using PostgresServer server = await PostgresServer.StartPrivateAsync();
        await using PolicyDecisionHost host = await PolicyDecisionHost.StartAsync(
            server, new Dictionary<string, string?>(StringComparer.Ordinal) { ["PolicyDecision:FactsLease"] = "00:00:05" });
        await host.PostAsync("/policy-sets/hospital/versions", new { files = new[] { new { name = "a.cedar", text = "@id(\"all\") permit (principal, action, resource);" } }, comment = "c" });
        await host.PutAsync("/sites/north", new { name = "North", timeZone = "UTC", archives = new[] { "one", "two" } });
        await host.PostAsync("/relations", new { kind = "care-team", user = "ada", patient = "P1" });
        string token = "";
        await Eventually.HoldsAsync(async () =>
        {
            using HttpResponseMessage first = await PageAsync(new { limit = 1 });
            token = first.IsSuccessStatusCode ? Token(JsonNode.Parse(await first.Content.ReadAsStringAsync())!) : "";
            return token.Length > 0;
        }, "the first page is answered");

        server.Kill();

        await Eventually.HoldsAsync(async () =>
        {
            using HttpResponseMessage later = await PageAsync(new { token });
            return later.StatusCode == HttpStatusCode.ServiceUnavailable && later.Headers.GetValues("AccessGov-Error").Single() == "facts_stale";
        }, "the later page is refused");

        Task<HttpResponseMessage> PageAsync(object page) => host.SendAsync(
            HttpMethod.Post, "/access/v1/search/resource",
            JsonSerializer.Serialize(new { subject = new { type = "User", id = "ada" }, action = new { name = "read" }, resource = new { type = "Archive" }, page }), host.Token("decisions.evaluate"));
    }

    private static string Token(JsonNode page) => page["page"]!["next_token"]!.GetValue<string>();

    private static (int Count, int Total) Numbers(JsonNode page) => (page["page"]!["count"]!.GetValue<int>(), page["page"]!["total"]!.GetValue<int>());

    private static string Ids(JsonNode page) => string.Join(' ', page["results"]!.AsArray().Select(result => result!["id"]!.GetValue<string>()));

    private Task<JsonNode> FirstPageAsync(string subject) => SearchedAsync(subject, new { limit = 1 });

    private Task<JsonNode> NextPageAsync(string subject, string token, string? at = null) => SearchedAsync(subject, new { token }, at);

    private async Task<string> GiveAsync(string subject)
    {
        using HttpResponseMessage given = await hospital.Host.PostAsync("/grants", new { subjectId = subject, role = "radiologist", scope = new { kind = "patient", id = "P1" }, reason = "x", from = "2026-01-01T00:00:00Z" });
        return JsonNode.Parse(await given.Content.ReadAsStringAsync())!["id"]!.GetValue<string>();
    }

    private async Task<JsonNode> SearchedAsync(string subject, object page, string? at = null)
    {
        hospital.SetTime(at);
        using HttpResponseMessage answer = await hospital.Host.SendAsync(
            HttpMethod.Post, "/access/v1/search/resource",
            JsonSerializer.Serialize(new { subject = new { type = "User", id = subject }, action = new { name = "read" }, resource = new { type = "Study" }, page }), hospital.Host.Token("decisions.evaluate"));
        string text = await answer.Content.ReadAsStringAsync();
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, text);
        return JsonNode.Parse(text)!;
    }
}
