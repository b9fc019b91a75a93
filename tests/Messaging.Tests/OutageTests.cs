using System.Net;
using System.Net.Sockets;
using AccessGov.Testing;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace AccessGov.Messaging.Tests;

public sealed class OutageTests
{
    [Fact]
    public async Task An_outage_of_the_database_is_told_once_for_each_reason_and_once_when_it_is_over()
    {
        string home = Directory.CreateTempSubdirectory("accessgov-outage-").FullName;
        PostgresServer server = await PostgresServer.StartPrivateAsync(dataDirectory: home);
        int port = new NpgsqlConnectionStringBuilder(server.ConnectionString).Port;
        string database = await Database.CreateAsync(server, "receiver");
        server.Kill();
        NpgsqlConnection.ClearAllPools();
        using var away = new TcpListener(IPAddress.Loopback, port);
        away.Start();
        using var lines = new LogLines();
        await using TestService receiver = await TestService.StartAsync(
            database, "receiver", configure: options => options.Handler(typeof(WhenNoted)), log: lines);
        for (int attempt = 0; attempt < 8; attempt++)
        {
            using TcpClient refused = await away.AcceptTcpClientAsync();
        }

        away.Stop();
        server = await PostgresServer.StartPrivateAsync(port, home);
        await Eventually.HoldsAsync(() => Told().Exists(line => line.Level == LogLevel.Information), "its end is told");
        await receiver.DisposeAsync();

        (LogLevel Level, string Text)[] outage = [.. Told().Where(line => line.Level == LogLevel.Warning)];
        outage.Length.ShouldBeInRange(1, 7);
        outage.ShouldBeUnique();
        Told().Count(line => line.Level == LogLevel.Information).ShouldBe(1);
        server.Kill();
        Directory.Delete(home, recursive: true);

        List<(LogLevel Level, string Text)> Told() => [.. lines.All.Where(line => line.Text.StartsWith("Queue receiver cannot be read", StringComparison.Ordinal))];
    }
}
