using System.Net;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using AccessGov.PolicyDecision.Search;
using AccessGov.PolicyDecision.Tests.Evaluation;
using AccessGov.Testing;

namespace AccessGov.PolicyDecision.Tests.Search;

/// <summary>Later pages of a search that is not held where they are asked for: it is searched again, and the pages go on after the last result.</summary>
public sealed class ResumedSearchTests(Hospital hospital) : IClassFixture<Hospital>, IDisposable
{
    private readonly string key = Path.GetTempFileName();

    public void Dispose() => File.Delete(key);

    [Fact]
    public async Task Any_replica_with_the_same_key_goes_on_with_the_pages()
    {
        await hospital.GiveAsync("wanderer", "everywhere");
        await File.WriteAllBytesAsync(key, RandomNumberGenerator.GetBytes(32));
        await using PolicyDecisionHost one = await ReplicaAsync();
        await using PolicyDecisionHost two = await ReplicaAsync();

        JsonNode first = await SearchedAsync(one, "wanderer", new { limit = 1 });
        JsonNode second = await SearchedAsync(two, "wanderer", new { token = Token(first) });
        JsonNode third = await SearchedAsync(one, "wanderer", new { token = Token(second) });

        string.Join(' ', Ids(first), Ids(second), Ids(third)).ShouldBe("1.2.1 1.2.2 1.2.3");
        Token(third).ShouldBeEmpty();
        string[] searches = [Search(first), Search(second), Search(third)];
        searches.Distinct(StringComparer.Ordinal).Count().ShouldBe(3, "what was searched again is a search of its own");
        await Eventually.HoldsAsync(
            async () => (await JournaledAsync("wanderer")).Order(StringComparer.Ordinal).SequenceEqual(searches.Order(StringComparer.Ordinal)), "each search is in the journal");

        await RefusedAsync(hospital.Host, "wanderer", new { token = Token(first) }, "page_token_invalid");
    }

    [Fact]
    public async Task A_search_that_others_have_displaced_goes_on_too()
    {
        await hospital.GiveAsync("late", "everywhere");
        JsonNode first = await SearchedAsync(hospital.Host, "late", new { limit = 2 });
        for (int i = 0; i < HeldSearches.SearchesMax; i++)
        {
            await SearchedAsync(hospital.Host, "late", new { limit = 2 });
        }

        JsonNode second = await SearchedAsync(hospital.Host, "late", new { token = Token(first) });

        (Ids(second), Search(second) == Search(first)).ShouldBe(("1.2.3", false));
    }

    [Fact]
    public async Task A_replica_goes_on_only_from_facts_as_new_as_those_of_the_page_before()
    {
        await hospital.GiveAsync("ahead", "everywhere");
        byte[] shared = RandomNumberGenerator.GetBytes(32);
        await File.WriteAllBytesAsync(key, shared);
        await using PolicyDecisionHost replica = await ReplicaAsync();
        byte[] query = Encoded("""{"action":{"name":"read"},"resource":{"type":"Study"},"search":"search.resource","subject":{"id":"ahead","type":"User"}}""");
        string token = new PageTokens(shared).Write(new PageToken(Guid.CreateVersion7(), 1_000_000, Hospital.Time("2026-03-01T00:00:00Z"), 1, ""), "tests", query);

        await RefusedAsync(replica, "ahead", new { token }, "position_not_reached", HttpStatusCode.ServiceUnavailable);
    }

    [Fact]
    public async Task A_token_is_over_a_quarter_of_an_hour_after_the_search()
    {
        await hospital.GiveAsync("slow", "everywhere");
        string token = Token(await SearchedAsync(hospital.Host, "slow", new { limit = 1 }));

        Ids(await SearchedAsync(hospital.Host, "slow", new { token }, "2026-03-01T00:14:59Z")).ShouldBe("1.2.2");
        await RefusedAsync(hospital.Host, "slow", new { token }, "page_expired", at: "2026-03-01T00:15:00Z");
    }

    private static byte[] Encoded(string text) => System.Text.Encoding.UTF8.GetBytes(text);

    private static string Token(JsonNode page) => page["page"]!["next_token"]!.GetValue<string>();

    private static string Search(JsonNode page) => page["context"]!["evaluation_id"]!.GetValue<string>();

    private static string Ids(JsonNode page) => string.Join(' ', page["results"]!.AsArray().Select(result => result!["id"]!.GetValue<string>()));

    private async Task<HttpResponseMessage> AskAsync(PolicyDecisionHost host, string subject, object page) => await host.SendAsync(
        HttpMethod.Post, "/access/v1/search/resource",
        JsonSerializer.Serialize(new { subject = new { type = "User", id = subject }, action = new { name = "read" }, resource = new { type = "Study" }, page }),
        hospital.Host.Token("decisions.evaluate"));

    private async Task<JsonNode> SearchedAsync(PolicyDecisionHost host, string subject, object page, string? at = null)
    {
        hospital.SetTime(at);
        using HttpResponseMessage answer = await AskAsync(host, subject, page);
        string text = await answer.Content.ReadAsStringAsync();
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, text);
        return JsonNode.Parse(text)!;
    }

    private async Task RefusedAsync(
        PolicyDecisionHost host, string subject, object page, string code, HttpStatusCode status = HttpStatusCode.BadRequest, string? at = null)
    {
        hospital.SetTime(at);
        using HttpResponseMessage answer = await AskAsync(host, subject, page);
        answer.StatusCode.ShouldBe(status);
        answer.Headers.GetValues("AccessGov-Error").ShouldBe([code]);
    }

    private Task<PolicyDecisionHost> ReplicaAsync() => hospital.Host.StartReplicaAsync(other: ("PolicyDecision:PageTokenKeyFile", key));

    private async Task<string[]> JournaledAsync(string subject)
    {
        using HttpResponseMessage answer = await hospital.Host.SendAsync(
            HttpMethod.Get, $"/decisions?from=2026-01-01T00:00:00Z&to=2027-01-01T00:00:00Z&subject={subject}", null, hospital.Host.Token("journal.read"));
        return [.. JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["decisions"]!.AsArray().Select(entry => entry!["evaluationId"]!.GetValue<string>())];
    }
}
