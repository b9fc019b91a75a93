using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using AccessGov.Testing;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Xunit.Abstractions;

namespace AccessGov.PolicyDecision.Tests;

/// <summary>Every endpoint while PostgreSQL is away: an answer from what is in memory, or a refusal that says so. Nobody is told that the service has a bug.</summary>
public sealed class StoreAwayTests(ITestOutputHelper output)
{
    private const string Draft = "/policy-drafts/{id}";
    private const string Question = """ "subject":{"type":"User","id":"ada"},"action":{"name":"study.view"},"resource":{"type":"Study","id":"1.2.3"} """;

    /// <summary>A body that is well-formed for each operation that takes one: what is malformed never comes to the database.</summary>
    private static readonly Dictionary<string, string> Bodies = new(StringComparer.Ordinal)
    {
        ["PUT /roles/{id}"] = """{"description":"d"}""",
        ["PUT /sites/{id}"] = """{"name":"n","timeZone":"UTC"}""",
        ["PUT /network-lists/{id}"] = """{"description":"d","countries":["AT"]}""",
        ["PUT /duty-separations/{id}"] = """{"description":"d","roles":["a","b"],"atMost":1,"scope":{"kind":"everywhere"}}""",
        ["POST /grants"] = """{"subjectId":"a","role":"radiologist","scope":{"kind":"everywhere"},"reason":"x"}""",
        ["POST /grants/import"] = """{"grants":[{"subjectId":"a","role":"radiologist","scope":{"kind":"everywhere"},"reason":"x"}]}""",
        ["POST /grants/{id}/revoke"] = """{"reason":"x"}""",
        ["POST /relations"] = """{"kind":"care-team","user":"a","patient":"p"}""",
        ["POST /relations/import"] = """{"relations":[{"kind":"care-team","user":"a","patient":"p"}]}""",
        ["POST /policy-sets/{name}/versions"] = """{"files":[{"name":"a.cedar","text":"@id(\"a\") permit (principal, action, resource);"}],"comment":"c"}""",
        ["POST /policy-sets/{name}/roll-back"] = """{"version":1}""",
        ["POST /policy-drafts"] = """{"policySet":"hospital","files":[{"name":"a.cedar","text":""}],"comment":"c"}""",
        [$"PUT {Draft}"] = """{"files":[{"name":"a.cedar","text":""}],"comment":"c"}""",
        [$"POST {Draft}/approve"] = """{"hash":"h"}""",
        [$"POST {Draft}/impact"] = """{"from":"2026-01-01T00:00:00Z","to":"2026-01-02T00:00:00Z"}""",
        [$"POST {Draft}/shadow"] = """{"hours":1}""",
        [$"POST {Draft}/abandon"] = """{"reason":"r"}""",
        ["POST /studies/import"] = """{"studies":[{"studyInstanceUid":"1.2.9","patientId":"P1"}]}""",
        ["POST /access/v1/obligations/receipts"] = """{"evaluation_id":"0190a1b2-c3d4-7e5f-8a6b-7c8d9e0f1a2b","obligation_id":"o@1","status":"fulfilled"}""",
        ["POST /access/v1/requests"] = "{" + Question + ",\"denial\":{\"binding_token\":\"x\"}}",
        ["POST /access-offers/{evaluationId}/request"] = """{"hours":1,"justification":"j"}""",
        ["POST /access-requests/{id}/approve"] = """{"comment":"c"}""",
        ["POST /access-requests/{id}/deny"] = """{"comment":"c"}""",
        ["POST /emergency-eligibility"] = """{"subjectId":"ada","study":"1.2.9"}""",
        ["POST /emergency-evidence"] =
            """{"caseId":"c","subjectId":"ada","patient":"P1","from":"2026-01-01T00:00:00Z","to":"2026-01-02T00:00:00Z"}""",
        ["POST /reviewed-grants/{id}/revoke"] = """{"reason":"x"}""",
        ["POST /reviewed-grants/{id}/replace"] = """{"reason":"x","readOnly":true}""",
        ["POST /reviewed-grants/{id}/restore"] = """{"reason":"x","revokedFor":"y"}""",
        ["POST /explain"] = "{" + Question + "}",
        ["POST /access/v1/evaluation"] = "{" + Question + "}",
        ["POST /access/v1/evaluations"] = "{" + Question + ",\"evaluations\":[{},{}]}",
        ["POST /access/v1/search/subject"] = """{"subject":{"type":"User"},"action":{"name":"study.view"},"resource":{"type":"Study","id":"1.2.3"}}""",
        ["POST /access/v1/search/resource"] = """{"subject":{"type":"User","id":"ada"},"action":{"name":"study.view"},"resource":{"type":"Study"}}""",
        ["POST /access/v1/search/action"] = """{"subject":{"type":"User","id":"ada"},"resource":{"type":"Study","id":"1.2.3"}}""",
    };

    /// <summary>What a question must say to come to the database.</summary>
    private static readonly Dictionary<string, string> Queries = new(StringComparer.Ordinal)
    {
        ["GET /time-travel/study/{uid}"] = "?at=NOW",
        ["GET /time-travel/subject/{type}/{id}"] = "?at=NOW",
        ["GET /time-travel/changes"] = "?from=NOW&to=NOW&subject=ada",
        ["GET /permission-matrix/difference"] = "?from=NOW",
    };

    [Fact]
    public async Task No_endpoint_has_an_internal_error_and_what_needs_the_database_says_so()
    {
        await using PostgresServer server = await PostgresServer.StartPrivateAsync();
        await using PolicyDecisionHost host = await PolicyDecisionHost.StartAsync(
            server, new Dictionary<string, string?>(StringComparer.Ordinal) { ["PolicyDecision:FactsLease"] = "00:01:00" });
        (await host.PutAsync("/roles/radiologist", new { description = "d" })).EnsureSuccessStatusCode();
        (await host.PostAsync("/policy-sets/hospital/versions", new { files = new[] { new { name = "a.cedar", text = "@id(\"a\") permit (principal, action, resource);" } }, comment = "c" }))
            .EnsureSuccessStatusCode();
        string[] operations = await OperationsAsync(host);
        string now = $"{DateTimeOffset.UtcNow:yyyy-MM-dd'T'HH:mm:ss}Z";
        server.Kill();

        var answers = new Dictionary<string, (int Status, string Text, bool Again)>(StringComparer.Ordinal);
        foreach (string operation in operations)
        {
            using HttpRequestMessage request = RequestOf(operation, now, TokenForAll(host));
            using HttpResponseMessage answer = await host.Client.SendAsync(request);
            answers[operation] = ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync(), answer.Headers.RetryAfter is not null);
            output.WriteLine($"{operation}: {(int)answer.StatusCode} {answers[operation].Text[..Math.Min(160, answers[operation].Text.Length)]}");
        }

        // AuthZEN's errors are plain sentences.
        answers.Where(answer => answer.Value.Status == 500 || (answer.Value.Status >= 400 && CodeOf(answer.Value.Text) is null && !answer.Key.StartsWith("POST /access/v1/search/", StringComparison.Ordinal)))
            .Select(answer => $"{answer.Key}: {answer.Value.Status} {answer.Value.Text}")
            .ShouldBeEmpty();
        string[] away = [.. answers.Where(answer => CodeOf(answer.Value.Text) == "store_unavailable").Select(answer => answer.Key)];
        away.Where(operation => answers[operation] is not { Status: 503, Again: true }).ShouldBeEmpty();
        string[] expected =
        [
            "GET /grants", "GET /grants/refused", "GET /reviewable-grants", "GET /relations", "GET /policy-sets", "GET /policy-sets/{name}", "GET /policy-sets/{name}/controls", "GET /policy-drafts", $"GET {Draft}", "GET /permission-matrix", "GET /role-creep",
            "GET /time-travel/changes", "GET /access/v1/requests/{id}", "GET /access-requests", "POST /policy-drafts", $"POST {Draft}/check", $"POST {Draft}/publish", $"POST {Draft}/impact",
            $"POST {Draft}/approve", "POST /studies/import", "PUT /roles/{id}", "POST /grants",
        ];
        expected.Except(away, StringComparer.Ordinal).ShouldBeEmpty();
    }

    /// <summary>All operations of the document but health, which has a form of its own.</summary>
    private static async Task<string[]> OperationsAsync(PolicyDecisionHost host)
    {
        JsonObject paths = (await host.GetAsync("/openapi/v1.json"))["paths"]!.AsObject();
        (string Name, JsonNode Operation)[] all = [.. paths.SelectMany(path => path.Value!.AsObject().Select(one => ($"{one.Key.ToUpperInvariant()} {path.Key}", one.Value!)))
            .Where(one => !one.Item1.Contains("/health/", StringComparison.Ordinal))];
        all.Where(one => one.Operation["requestBody"] is not null).Select(one => one.Name).Except(Bodies.Keys, StringComparer.Ordinal).ShouldBeEmpty("each has a body in the table above");
        all.Length.ShouldBeGreaterThan(60);
        return [.. all.Select(one => one.Name)];
    }

    private static HttpRequestMessage RequestOf(string operation, string now, string token)
    {
        (string method, string path) = (operation.Split(' ')[0], operation.Split(' ')[1] + Queries.GetValueOrDefault(operation)?.Replace("NOW", now, StringComparison.Ordinal));
        foreach ((string name, string value) in ((string, string)[])
        [
            ("{id}", path.StartsWith("/roles", StringComparison.Ordinal) ? "scribe" : "ada"), ("{name}", "hospital"), ("{uid}", "1.2.3"), ("{type}", "User"), ("{version}", "1"),
            ("{evaluationId}", "0190a1b2-c3d4-7e5f-8a6b-7c8d9e0f1a2b"),
        ])
        {
            path = path.Replace(name, value, StringComparison.Ordinal);
        }

        var request = new HttpRequestMessage(new HttpMethod(method), path);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        request.Headers.Add("X-Forwarded-Uri", "/studies/1.2.3");
        request.Content = Bodies.TryGetValue(operation, out string? body) ? new StringContent(body, Encoding.UTF8, "application/json") : null;
        return request;
    }

    private static string TokenForAll(PolicyDecisionHost host) => host.TokenOf("ben", [.. host.Services.GetRequiredService<EndpointDataSource>().Endpoints
        .SelectMany(endpoint => endpoint.Metadata.GetOrderedMetadata<IAuthorizeData>()).Select(data => data.Policy).OfType<string>().Append("images.open").Distinct(StringComparer.Ordinal)]);

    private static string? CodeOf(string text)
    {
        try
        {
            return (JsonNode.Parse(text) as JsonObject)?["type"]?.GetValue<string>().Split(':')[^1];
        }
        catch (System.Text.Json.JsonException)
        {
            return null;
        }
    }
}
