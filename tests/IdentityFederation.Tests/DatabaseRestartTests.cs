using System.Diagnostics;
using System.Net;
using AccessGov.IdentityFederation.Tests.SignIn;
using AccessGov.IdentityFederation.Tests.Tokens;
using AccessGov.Testing;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace AccessGov.IdentityFederation.Tests;

/// <summary>
/// A database that was started anew is used anew: connections from before fail once, and not one after the other. While it is away,
/// whoever is signed in is still known: no request asks it who that is.
/// </summary>
public sealed class DatabaseRestartTests
{
    [Fact]
    public async Task Whoever_is_signed_in_is_recognised_without_the_database()
    {
        string home = Directory.CreateTempSubdirectory("accessgov-recognised-").FullName;
        PostgresServer server = await PostgresServer.StartPrivateAsync(dataDirectory: home);
        await using (IdentityFederationHost host = await IdentityFederationHost.StartAsync(server, SignInBrowser.Settings))
        {
            await SignInBrowser.PersonAsync(host, "known");
            var browser = new SignInBrowser(host);
            await browser.SignInAsync("known");
            await browser.AcknowledgeAsync();
            browser.Session.ShouldNotBeEmpty(browser.Text);
            server.Kill();

            await browser.GetAsync("/sign-in");
            (browser.Status, browser.Location).ShouldBe((HttpStatusCode.Found, "/account"), "they are signed in");
            var stranger = new SignInBrowser(host);
            await stranger.GetAsync("/sign-in");
            stranger.Location.ShouldBeNullOrEmpty("whoever is not is asked who they are");
        }

        Directory.Delete(home, recursive: true);
    }

    [Fact]
    public async Task Connections_from_before_a_restart_fail_one_request_at_most()
    {
        string home = Directory.CreateTempSubdirectory("accessgov-restart-").FullName;
        PostgresServer server = await PostgresServer.StartPrivateAsync(dataDirectory: home);
        int port = new NpgsqlConnectionStringBuilder(server.ConnectionString).Port;
        await using (IdentityFederationHost host = await IdentityFederationHost.StartAsync(server))
        {
            await FillPoolAsync(host, 20);
            server.Kill();
            server = await PostgresServer.StartPrivateAsync(port, home);

            var answers = new List<HttpStatusCode>();
            for (int i = 0; i < 20; i++)
            {
                using HttpResponseMessage answer = await host.SendAsync(HttpMethod.Get, "/people/nobody");
                answers.Add(answer.StatusCode);
            }

            answers.Count(status => status == HttpStatusCode.ServiceUnavailable).ShouldBeLessThanOrEqualTo(1, string.Join(' ', answers));
            answers[^1].ShouldBe(HttpStatusCode.NotFound);
        }

        server.Kill();
        Directory.Delete(home, recursive: true);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Once_it_is_ready_again_no_request_fails_because_of_connections_from_before(bool orderly)
    {
        string home = Directory.CreateTempSubdirectory("accessgov-again-").FullName;
        PostgresServer server = await PostgresServer.StartPrivateAsync(dataDirectory: home);
        int port = new NpgsqlConnectionStringBuilder(server.ConnectionString).Port;
        var settings = new Dictionary<string, string?>(SignInBrowser.Settings, StringComparer.Ordinal)
        {
            ["IdentityFederation:Provisioning:Clients:tests"] = "hospital",
        };
        await using (IdentityFederationHost host = await IdentityFederationHost.StartAsync(server, settings))
        {
            await SignInBrowser.PersonAsync(host, "back");
            ClientPeer client = await ClientPeer.WithSecretAsync(host, "back-client");
            await FillPoolAsync(host, 20);
            await RoundAsync(host, client);

            await StopAsync(server, home, orderly);
            server = await PostgresServer.StartPrivateAsync(port, home);
            await Eventually.HoldsAsync(
                async () => (await host.Client.GetAsync("/health/ready")).StatusCode == HttpStatusCode.OK, "the service is ready");

            var answers = new List<string>();
            for (int i = 0; i < 66; i++)
            {
                answers.AddRange(await RoundAsync(host, client));
            }

            answers.Distinct().ShouldBe(["list OK", "token OK", "sign-in Found /sign-in/acknowledgement"]);
        }

        server.Kill();
        Directory.Delete(home, recursive: true);
    }

    /// <summary>How a list, a token and a sign-in are answered.</summary>
    private static async Task<string[]> RoundAsync(IdentityFederationHost host, ClientPeer client)
    {
        using HttpResponseMessage list = await host.SendAsync(HttpMethod.Get, "/scim/v2/Users", token: host.TokenOf("tests", "scim"));
        using HttpResponseMessage token = await client.AskAsync();
        var browser = new SignInBrowser(host);
        await browser.SignInAsync("back");
        return [$"list {list.StatusCode}", $"token {token.StatusCode}", $"sign-in {browser.Status} {browser.Location}"];
    }

    private static async Task FillPoolAsync(IdentityFederationHost host, int connections)
    {
        var pool = host.Services.GetRequiredService<NpgsqlDataSource>();
        List<NpgsqlConnection> idle = [];
        for (int i = 0; i < connections; i++)
        {
            idle.Add(await pool.OpenConnectionAsync());
        }

        foreach (NpgsqlConnection connection in idle)
        {
            await connection.DisposeAsync();
        }
    }

    /// <summary>As an administrator stops it ("fast shutdown"), or as a power cut does.</summary>
    private static async Task StopAsync(PostgresServer server, string home, bool orderly)
    {
        if (orderly)
        {
            string pid = (await File.ReadAllLinesAsync(Path.Combine(home, "data", "postmaster.pid")))[0];
            using Process kill = Process.Start("kill", ["-INT", pid]);
            await kill.WaitForExitAsync();
            await Eventually.HoldsAsync(() => !File.Exists(Path.Combine(home, "data", "postmaster.pid")), "PostgreSQL has stopped");
        }

        server.Kill();
    }
}
