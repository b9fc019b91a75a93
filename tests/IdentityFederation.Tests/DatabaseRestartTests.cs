using System.Net;
using AccessGov.Testing;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace AccessGov.IdentityFederation.Tests;

/// <summary>A database that was started anew is used anew: connections from before fail once, and not one after the other.</summary>
public sealed class DatabaseRestartTests
{
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
