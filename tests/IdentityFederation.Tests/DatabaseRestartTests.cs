using System.Net;
using AccessGov.IdentityFederation.Tests.SignIn;
using AccessGov.Testing;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace AccessGov.IdentityFederation.Tests;

/// <summary>
/// A database that was started anew is used anew: connections from before fail once, and not one after the other. While it is away, whoever is
/// signed in is still known: no request asks it who that is.
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
            var pool = host.Services.GetRequiredService<NpgsqlDataSource>();
            List<NpgsqlConnection> idle = [];
            for (int i = 0; i < 20; i++)
            {
                idle.Add(await pool.OpenConnectionAsync());
            }

            foreach (NpgsqlConnection connection in idle)
            {
                await connection.DisposeAsync();
            }

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
}
