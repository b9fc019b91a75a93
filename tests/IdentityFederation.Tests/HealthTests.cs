using System.Net;
using System.Text.Json.Nodes;
using AccessGov.EventSourcing;
using AccessGov.IdentityFederation.Clients;
using AccessGov.IdentityFederation.Sessions;
using AccessGov.IdentityFederation.Tokens;
using AccessGov.ServiceDefaults;
using AccessGov.Testing;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Npgsql;

namespace AccessGov.IdentityFederation.Tests;

/// <summary>What fails for ever does not look healthy, what is not read yet recognises nobody, and what ends goes on ending.</summary>
public sealed class HealthTests
{
    [Fact]
    public async Task A_follower_that_fails_for_ever_makes_the_service_unhealthy_and_says_why_in_a_code()
    {
        await using IdentityFederationHost host = await IdentityFederationHost.StartAsync();
        (await host.Client.GetAsync("/health/ready")).StatusCode.ShouldBe(HttpStatusCode.OK);

        await host.Store.AppendAsync(new StreamAppend(Client.Streams.StreamId("corrupt"), ExpectedVersion.NoStream, [new ClientEnabled()]));

        JsonNode health = new JsonObject();
        await Eventually.HoldsAsync(
            async () =>
            {
                using HttpResponseMessage answer = await host.Client.GetAsync("/health/ready");
                health = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
                return answer.StatusCode == HttpStatusCode.ServiceUnavailable;
            }, "the service is not ready");
        health["checks"]!["issuer"]!["data"]!["failure"]!.GetValue<string>().ShouldBe("event_not_understood");
        health["checks"]!["workers"]!["data"]!["issuance"]!.GetValue<string>().ShouldBe("event_not_understood");
        health["checks"]!["workers"]!["status"]!.GetValue<string>().ShouldBe("degraded");
    }

    [Fact]
    public void Why_work_fails_is_told_in_a_code_until_it_works()
    {
        var states = new WorkerStates(TimeProvider.System);
        states.Fails("a", new NpgsqlException("gone", new IOException()));
        states.FailureOf("a").ShouldBe("store_unreachable");
        states.Fails("a", new PostgresException("no", "ERROR", "ERROR", PostgresErrorCodes.UndefinedTable));
        states.FailureOf("a").ShouldBe("store_refused");
        states.Fails("a", new NotSupportedException());
        states.FailureOf("a").ShouldBe("failed");
        states.Works("a");
        states.FailureOf("a").ShouldBeNull();
    }

    [Fact]
    public async Task Work_is_named_with_how_long_ago_it_last_worked_also_while_it_fails()
    {
        var clock = new TurnedClock();
        var states = new WorkerStates(clock);
        states.Works("a");
        states.Fails("b", new NotSupportedException());
        clock.Advance(TimeSpan.FromSeconds(90));
        states.Fails("a", new TimeoutException());

        HealthCheckResult seen = await states.CheckHealthAsync(new HealthCheckContext());

        seen.Status.ShouldBe(HealthStatus.Degraded);
        seen.Data.ShouldBe(new Dictionary<string, object>(StringComparer.Ordinal)
        {
            ["a"] = "store_unreachable", ["a.worked_seconds_ago"] = 90.0, ["b"] = "failed",
        });

        states.Works("a");
        states.Works("b");
        (await states.CheckHealthAsync(new HealthCheckContext())).Status.ShouldBe(HealthStatus.Healthy);
    }

    [Fact]
    public async Task Work_that_fails_for_good_does_not_look_healthy()
    {
        await using IdentityFederationHost host = await IdentityFederationHost.StartAsync();
        await using (var connection = new NpgsqlConnection(host.Superuser))
        {
            await connection.OpenAsync();
            await using var command = new NpgsqlCommand(
                """
                set search_path = identity_federation;
                alter table roles_told_at rename to gone_1;
                alter table person_directory rename to gone_2;
                alter table sign_in_failed rename to gone_3;
                alter table session_activity rename to gone_4;
                """, connection);
            await command.ExecuteNonQueryAsync();
        }

        string[] failing = [];
        string[] expected = ["end-of-access", "roles-of-groups", "session-activity", "sign-in-failures"];
        await Eventually.HoldsAsync(
            async () =>
            {
                using HttpResponseMessage answer = await host.Client.GetAsync("/health/ready");
                JsonNode health = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
                failing = [.. health["checks"]!["workers"]!["data"]?.AsObject().Select(worker => $"{worker.Key} {worker.Value}") ?? []];
                return expected.All(worker => failing.Contains($"{worker} store_refused"));
            },
            "everything that fails is named");
    }

    [Fact]
    public async Task Before_all_is_read_nobody_is_recognised()
    {
        await using IdentityFederationHost host = await IdentityFederationHost.StartAsync();
        Tokens.ClientPeer peer = await Tokens.ClientPeer.WithSecretAsync(host, "early", "people.read", "tokens.introspect");
        Tokens.Browser browser = await Tokens.Browser.SignedInAsync(host, await host.PersonAsync("early.bird"));
        string client = await Tokens.Viewer.RegisterAsync(host, "viewer");
        string token = await peer.TokenAsync();
        (Issuance issuance, OpenSessions sessions) = (
            host.Services.GetRequiredService<Issuance>(), host.Services.GetRequiredService<OpenSessions>());
        string session = browser.Session;
        sessions.Find(session).ShouldNotBeNull();

        (issuance.IsRead, sessions.IsRead) = (false, false);

        sessions.Find(session).ShouldBeNull();
        ((ISigningKeySource)issuance).Keys.ShouldBeEmpty();
        (await host.SendAsync(HttpMethod.Get, "/people", token: token)).StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        OAuthClients.NotReady.Code.ShouldBe("issuer_not_ready", "OAuth has a code of its own for it");
        await Tokens.ClientPeer.ShouldRefuseAsync(await peer.AskAsync(), 503, "temporarily_unavailable");
        await Tokens.ClientPeer.ShouldRefuseAsync(
            await peer.SendAsync("/oauth/introspect", ("token", token)), 503, "temporarily_unavailable");
        (await browser.GetAsync(Tokens.Browser.Request(client))).StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        (await browser.GetAsync("/account")).Headers.Location!.OriginalString.ShouldStartWith("/sign-in");
        (await host.Client.GetAsync("/health/ready")).StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
    }

    [Fact]
    public async Task Sessions_go_on_ending_when_whoever_asked_has_gone()
    {
        await using IdentityFederationHost host = await IdentityFederationHost.StartAsync();
        string person = await host.PersonAsync("ending");
        string[] ids = new string[3];
        for (int i = 0; i < ids.Length; i++)
        {
            ids[i] = (await Tokens.Browser.SignedInAsync(host, person)).Session;
        }

        using var gone = new CancellationTokenSource();
        await gone.CancelAsync();
        var sessions = host.Services.GetRequiredService<OpenSessions>();
        var http = new DefaultHttpContext { RequestServices = host.Services, RequestAborted = gone.Token };
        await host.Services.GetRequiredService<SessionBeginning>().EndAsync(http, sessions.Find(ids[0])!, SessionEnds.SignedOut);
        try
        {
            await EndSession.EndAllAsync(
                person, new EndSession.Command("Stolen laptop."), sessions, host.Store,
                host.Services.GetRequiredService<CommandRunner>(), http);
        }
        catch (OperationCanceledException)
        {
            // Nobody is there to be answered.
        }

        foreach (string id in ids)
        {
            Session.Streams.Fold(await host.Store.LoadAsync(Session.Streams.StreamId(id))).ShouldBeOfType<Session.Ended>();
        }
    }
}
