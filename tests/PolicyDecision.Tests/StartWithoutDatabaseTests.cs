using System.Net;
using System.Text.Json.Nodes;
using AccessGov.PolicyDecision.Journal;
using AccessGov.Testing;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace AccessGov.PolicyDecision.Tests;

/// <summary>The service begins while its PostgreSQL is away.</summary>
public sealed class StartWithoutDatabaseTests
{
    private const string Question =
        """{"subject":{"type":"User","id":"ada"},"action":{"name":"study.query"},"resource":{"type":"Archive","id":"main"}}""";

    [Fact]
    public async Task It_is_live_and_not_ready_decides_nothing_and_comes_up_with_its_database()
    {
        string home = Directory.CreateTempSubdirectory("accessgov-start-").FullName;
        PostgresServer server = await PostgresServer.StartPrivateAsync(dataDirectory: home);
        int port = new NpgsqlConnectionStringBuilder(server.ConnectionString).Port;
        await using PolicyDecisionHost before = await PolicyDecisionHost.StartAsync(server);
        (await before.PostAsync("/policy-sets/hospital/versions", new { files = new[] { new { name = "a.cedar", text = "@id(\"a\") permit (principal, action, resource);" } }, comment = "c" }))
            .IsSuccessStatusCode.ShouldBeTrue();
        server.Kill();

        await using PolicyDecisionHost host = await before.StartReplicaAsync(untilReady: false);
        (await host.Client.GetAsync("/health/live")).StatusCode.ShouldBe(HttpStatusCode.OK);
        (HttpStatusCode status, string? reason) = await ReadyAsync(host);
        status.ShouldBe(HttpStatusCode.ServiceUnavailable);
        reason.ShouldBe("The database cannot be reached; it is tried again until it can.");
        await NothingIsDecidedAsync(before, host);
        host.Services.GetRequiredService<DecisionJournal>().Spool.Held.Records.ShouldBe(0);

        await using PostgresServer again = await PostgresServer.StartPrivateAsync(port, home);
        await Eventually.HoldsAsync(async () => (await ReadyAsync(host)).Status == HttpStatusCode.OK, "it is ready", 2 * Eventually.Bound);
        using HttpResponseMessage decided = await AskAsync(before, host, "/access/v1/evaluation", Question);
        JsonNode.Parse(await decided.Content.ReadAsStringAsync())!["decision"]!.GetValue<bool>().ShouldBeTrue();
        (await host.SendAsync(HttpMethod.Put, "/roles/scribe", """{"description":"d"}""", before.Token("roles.manage"))).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        await host.DisposeAsync();
        await before.DisposeAsync();
        again.Kill();
        Directory.Delete(home, recursive: true);
    }

    [Fact]
    public async Task A_login_that_the_database_refuses_is_said_by_health()
    {
        await using PolicyDecisionHost good = await PolicyDecisionHost.StartAsync();
        string refused = new NpgsqlConnectionStringBuilder(good.ConnectionString) { Username = "nobody_of_that_name" }.ConnectionString;
        await using PolicyDecisionHost host = await good.StartReplicaAsync(untilReady: false, ("PolicyDecision:ConnectionString", refused));
        (await host.Client.GetAsync("/health/live")).StatusCode.ShouldBe(HttpStatusCode.OK);
        // A machine that stands still while the start waits for the answer makes it say at first that the database cannot be reached.
        (HttpStatusCode Status, string? Reason) ready = default;
        await Eventually.HoldsAsync(
            async () => (ready = await ReadyAsync(host)).Reason?.StartsWith("The database refuses the service's login (28", StringComparison.Ordinal) == true,
            "health says so");
        ready.Status.ShouldBe(HttpStatusCode.ServiceUnavailable);
    }

    private static async Task NothingIsDecidedAsync(PolicyDecisionHost tokens, PolicyDecisionHost host)
    {
        foreach ((string path, string body) in ((string, string)[])[("/access/v1/evaluation", Question), ("/access/v1/evaluations", $$"""{"evaluations":[{{Question}},{}]}""")])
        {
            using HttpResponseMessage answer = await AskAsync(tokens, host, path, body);
            answer.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable, path);
            answer.Headers.GetValues("AccessGov-Error").ShouldBe(["facts_not_ready"]);
            answer.Headers.RetryAfter.ShouldNotBeNull();
            (await answer.Content.ReadAsStringAsync()).ShouldEndWith(".");
        }

        using HttpResponseMessage proxied = await host.SendAsync(
            HttpMethod.Get, "/forward-auth", null, tokens.Token("images.open"), ("X-Original-Method", "GET"), ("X-Original-URI", "/dicom-web/studies/1.2.3"));
        await Refusal.ShouldBeAsync(proxied, 503, "facts_not_ready");
        proxied.Headers.GetValues("AccessGov-Reason").ShouldBe(["facts_not_ready"]);
        proxied.Headers.RetryAfter.ShouldNotBeNull();

        using HttpResponseMessage command = await host.SendAsync(HttpMethod.Put, "/roles/scribe", """{"description":"d"}""", tokens.Token("roles.manage"));
        await Refusal.ShouldBeAsync(command, 503, "facts_not_ready");
        command.Headers.RetryAfter.ShouldNotBeNull();
    }

    private static Task<HttpResponseMessage> AskAsync(PolicyDecisionHost tokens, PolicyDecisionHost host, string path, string body) =>
        host.SendAsync(HttpMethod.Post, path, body, tokens.Token("decisions.evaluate"));

    private static async Task<(HttpStatusCode Status, string? Reason)> ReadyAsync(PolicyDecisionHost host)
    {
        using HttpResponseMessage answer = await host.Client.GetAsync("/health/ready");
        return (answer.StatusCode, JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["checks"]?["event-store"]?["description"]?.GetValue<string>());
    }
}
