using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using AccessGov.PolicyDecision.Search;
using AccessGov.PolicyDecision.Tests.Evaluation;
using AccessGov.Testing;

namespace AccessGov.PolicyDecision.Tests.Search;

/// <summary>Searches through HTTP against the real service and its PostgreSQL.</summary>
public sealed class SearchTests(Hospital hospital) : IClassFixture<Hospital>
{
    [Fact]
    public async Task Resources_are_found_by_scope_relation_and_rule()
    {
        await hospital.GiveAsync("finder", "department north-radiology");
        await hospital.RelateAsync("care-team", "finder", "P2", "2026-01-01T00:00:00Z");

        (await ResourcesAsync("finder", "read", "Study")).ShouldBe("1.2.1");
        (await ResourcesAsync("finder", "care-team", "Study")).ShouldBe("1.2.2");
        (await ResourcesAsync("finder", "broken", "Study")).ShouldBe("");
        (await ResourcesAsync("finder", "in-radiology", "Study")).ShouldBe("1.2.1");
        (await ResourcesAsync("finder", "read", "Patient")).ShouldBe("");
        (await ResourcesAsync("finder", "hours", "Archive", "2026-03-04T12:00:00Z")).ShouldBe("north-pacs wednesday-pacs");
    }

    [Fact]
    public async Task Subjects_and_actions_are_found_for_a_resource()
    {
        await hospital.GiveAsync("one", "patient P1", readOnly: true);
        await hospital.GiveAsync("two", "site north");
        await hospital.GiveAsync("over", "everywhere", until: "2026-02-01T00:00:00Z");
        JsonNode subjects = await SearchAsync("subject", new { subject = new { type = "User" }, action = new { name = "read" }, resource = Study("1.2.1") });
        string[] found = Ids(subjects).Split(' ');

        found.ShouldContain("one");
        found.ShouldContain("two");
        found.ShouldNotContain("over");
        foreach (string subject in found)
        {
            (await hospital.MayAsync(subject, "read", "Study 1.2.1")).ShouldBeTrue(subject);
        }

        JsonNode actions = await SearchAsync("action", new { subject = User("one"), resource = Study("1.2.1") });
        Ids(actions).ShouldContain("explicit");
        Ids(actions).Split(' ').ShouldNotContain("use");
    }

    [Fact]
    public async Task A_result_carries_its_obligations_and_one_that_the_enforcement_point_cannot_keep_is_none()
    {
        await using PolicyDecisionHost host = await PolicyDecisionHost.StartAsync();
        const string policies = """
            @id("all") permit (principal, action, resource);
            @id("marked") @obligation_1("mark@1") forbid (principal, action, resource) when { false };
            """;
        const string obligations = """@id("north") @obligation_1("mark@1") permit (principal, action, resource == Archive::"north-pacs");""";
        const string catalogue = """{"mark@1":{"type":"custom","properties":{"name":"mark","for":"{resource.id}"}}}""";
        await host.PostAsync("/policy-sets/hospital/versions", new
        {
            files = new[] { new { name = "a.cedar", text = policies }, new { name = "o.obligations", text = obligations }, new { name = "obligations.json", text = catalogue } },
            comment = "c",
        });
        await host.PutAsync("/sites/north", new { name = "North", timeZone = "UTC", archives = new[] { "north-pacs", "other-pacs" } });
        await host.PostAsync("/relations", new { kind = "care-team", user = "ada", patient = "P1" });

        (await ResultsAsync(null)).ShouldBe("""[{"type":"Archive","id":"north-pacs","obligations":["custom north-pacs"]},{"type":"Archive","id":"other-pacs"}]""");
        (await ResultsAsync(["notification"])).ShouldBe("""[{"type":"Archive","id":"other-pacs"}]""");

        async Task<string> ResultsAsync(string[]? supported)
        {
            using HttpResponseMessage answer = await host.SendAsync(HttpMethod.Post, "/access/v1/search/resource", JsonSerializer.Serialize(new
            {
                subject = User("ada"), action = new { name = "read" }, resource = new { type = "Archive" }, context = new { supported_obligations = supported },
            }), host.Token("decisions.evaluate"));
            JsonArray results = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["results"]!.AsArray();
            foreach (JsonNode? result in results.Where(result => result!["obligations"] is not null))
            {
                result!["obligations"] = new JsonArray([.. result["obligations"]!.AsArray().Select(obligation =>
                    (JsonNode)$"{obligation!["type"]!.GetValue<string>()} {obligation["properties"]!["for"]!.GetValue<string>()}")]);
            }

            return results.ToJsonString();
        }
    }

    [Fact]
    public async Task A_search_is_one_entry_of_the_journal_and_says_what_was_asked_and_how_much_was_found()
    {
        await hospital.GiveAsync("remembered", "patient P1");
        JsonNode page = await SearchAsync("resource", new { subject = User("remembered"), action = new { name = "read" }, resource = new { type = "Study" }, page = new { limit = 1 } });
        string id = page["context"]!["evaluation_id"]!.GetValue<string>();
        JsonNode next = await SearchAsync("resource", new
        {
            subject = User("remembered"), action = new { name = "read" }, resource = new { type = "Study" }, page = new { token = page["page"]!["next_token"]!.GetValue<string>() },
        });
        next["context"]!["evaluation_id"]!.GetValue<string>().ShouldBe(id);

        JsonArray found = (await FindAsync("subject=remembered"))["decisions"]!.AsArray();
        JsonNode record = found.ShouldHaveSingleItem()!;
        record["evaluationId"]!.GetValue<string>().ShouldBe(id);
        (record["action"]!.GetValue<string>(), record["reason"]!.GetValue<string>(), record["permitted"]!.GetValue<bool>()).ShouldBe(("search.resource", "searched", true));
        record["request"]!.ToJsonString().ShouldBe("""{"action":{"name":"read"},"resource":{"type":"Study"},"search":"search.resource","subject":{"id":"remembered","type":"User"}}""");
        (record["context"]!["candidates"]!.GetValue<int>(), record["context"]!["results"]!.GetValue<int>()).ShouldBe((2, 2));

        await SearchAsync("subject", new { subject = new { type = "Service" }, action = new { name = "read" }, resource = Study("1.2.2") });
        JsonNode about = (await FindAsync("study=1.2.2&patient=P2"))["decisions"]!.AsArray().First(entry => entry!["action"]!.GetValue<string>() == "search.subject")!;
        about["subject"]!["id"]!.GetValue<string>().ShouldBe("");
    }

    [Fact]
    public async Task A_token_belongs_to_one_search_of_one_client()
    {
        await hospital.GiveAsync("tokens", "patient P1");
        object query(string subject, object? page, string action = "read") => new { subject = User(subject), action = new { name = action }, resource = new { type = "Study" }, page };
        string token = Token(await SearchAsync("resource", query("tokens", new { limit = 1 })));

        await RefusedAsync(query("somebody", new { token }), "page_token_mismatch");
        await RefusedAsync(query("tokens", new { token }, "use"), "page_token_mismatch");
        await RefusedAsync(query("tokens", new { token, limit = 2 }), "page_token_mismatch");
        await RefusedAsync(query("tokens", new { token }), "page_token_mismatch", token: hospital.Host.TokenOfClient("another-pep", "decisions.evaluate"));
        await RefusedAsync(query("tokens", new { token = (token[0] == 'A' ? 'B' : 'A') + token[1..] }), "page_token_invalid");
        await RefusedAsync(query("tokens", new { token = "" }), "page_token_invalid");
        await RefusedAsync(query("tokens", new { token = new string('A', 100_000) }), "page_token_invalid");
        await RefusedAsync(query("tokens", new { token = 7 }), "request_malformed");
        await RefusedAsync(query("tokens", new { limit = -1 }), "request_malformed");
        await RefusedAsync(query("tokens", new { limit = 1.5 }), "request_malformed");
        await RefusedAsync(query("tokens", "first"), "request_malformed");
        Ids(await SearchAsync("resource", query("tokens", new { limit = 1_000_000 }))).ShouldBe("1.2.1 1.2.3");
        JsonNode none = await SearchAsync("resource", query("tokens", new { limit = 0 }));
        (Ids(none), none["page"]!["total"]!.GetValue<int>(), Token(none).Length > 0).ShouldBe(("", 2, true));
    }

    [Theory]
    [InlineData("subject", "{\"subject\":{\"type\":\"User\"},\"action\":{\"name\":\"read\"},\"resource\":{\"type\":\"Study\",\"id\":\"1.2.1\"},\"context\":{\"sourceIp\":\"x\"}}", 400, "request_malformed")]
    [InlineData("subject", "[]", 400, "request_malformed")]
    [InlineData("action", "{", 400, "body_malformed")]
    [InlineData("resource", "{\"subject\":{\"type\":\"User\",\"id\":\"a\"},\"action\":{\"name\":\"read\"},\"resource\":{\"type\":\"Study\"},\"context\":{\"atPosition\":99999999}}", 503, "position_not_reached")]
    public async Task What_cannot_be_searched_is_refused_with_a_code_and_a_sentence(string api, string body, int status, string code)
    {
        using HttpResponseMessage answer = await hospital.Host.SendAsync(HttpMethod.Post, $"/access/v1/search/{api}", body, hospital.Host.Token("decisions.evaluate"));

        ((int)answer.StatusCode).ShouldBe(status);
        answer.Headers.GetValues("AccessGov-Error").ShouldBe([code]);
        (await answer.Content.ReadAsStringAsync()).Length.ShouldBeInRange(10, 300);
    }

    [Fact]
    public async Task Only_enforcement_points_search()
    {
        using HttpResponseMessage answer = await hospital.Host.SendAsync(HttpMethod.Post, "/access/v1/search/subject", "{}", hospital.Host.Token("facts.read"));

        answer.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }

    private static object User(string id) => new { type = "User", id };

    private static object Study(string id) => new { type = "Study", id };

    private static string Token(JsonNode page) => page["page"]!["next_token"]!.GetValue<string>();

    private static string Ids(JsonNode page) =>
        string.Join(' ', page["results"]!.AsArray().Select(result => (result!["id"] ?? result["name"])!.GetValue<string>()));

    private async Task<string> ResourcesAsync(string subject, string action, string type, string? at = null) =>
        Ids(await SearchAsync("resource", new { subject = User(subject), action = new { name = action }, resource = new { type } }, at));

    private async Task<JsonNode> SearchAsync(string api, object body, string? at = null)
    {
        hospital.SetTime(at);
        using HttpResponseMessage answer = await PostAsync(api, body);
        string text = await answer.Content.ReadAsStringAsync();
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, text);
        return JsonNode.Parse(text)!;
    }

    private async Task RefusedAsync(object body, string code, string? token = null)
    {
        using HttpResponseMessage answer = await PostAsync("resource", body, token);
        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        answer.Headers.GetValues("AccessGov-Error").ShouldBe([code]);
    }

    private Task<HttpResponseMessage> PostAsync(string api, object body, string? token = null) => hospital.Host.SendAsync(
        HttpMethod.Post, $"/access/v1/search/{api}", JsonSerializer.Serialize(body), token ?? hospital.Host.Token("decisions.evaluate"));

    private async Task<JsonNode> FindAsync(string query)
    {
        JsonNode? found = null;
        await Eventually.HoldsAsync(async () =>
        {
            using HttpResponseMessage answer = await hospital.Host.SendAsync(HttpMethod.Get, $"/decisions?from=2026-01-01T00:00:00Z&to=2027-01-01T00:00:00Z&{query}", null, hospital.Host.Token("journal.read"));
            found = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
            return found["decisions"] is JsonArray { Count: > 0 };
        }, "the search is in the journal");
        return found!;
    }
}
