using System.Globalization;
using System.Text.Json.Nodes;
using AccessGov.Audit.Ingest;
using AccessGov.Testing;
using AccessGov.TransparencyLog;
using Npgsql;

namespace AccessGov.Audit.Tests.Trail;

/// <summary>
/// The service and its database are killed (SIGKILL) at random points while events come in. So many
/// rounds as ACCESSGOV_CRASH_ROUNDS says: 10 in every run of the tests, 200
/// in the nightly one (deploy/nightly).
/// </summary>
public sealed class CrashTests
{
    private static readonly int Rounds = int.Parse(
        Environment.GetEnvironmentVariable("ACCESSGOV_CRASH_ROUNDS") ?? "10", CultureInfo.InvariantCulture);

    [Fact]
    public async Task What_was_acknowledged_is_there_once_and_in_order_whatever_was_killed()
    {
        DirectoryInfo data = Directory.CreateTempSubdirectory("accessgov-audit-postgres-");
        PostgresServer server = await PostgresServer.StartPrivateAsync(dataDirectory: data.FullName);
        AuditHost host = await AuditHost.PrepareAsync(server);
        int port = new NpgsqlConnectionStringBuilder(server.ConnectionString).Port;
        var random = new Random(4711);
        var checkpoints = new List<Checkpoint>();
        using var done = new CancellationTokenSource();
        Task<List<string>> writing = Task.Run(() => WriteAsync(host.IntakeAlone(), done.Token));
        ChildProcess service = Start(host);
        try
        {
            for (int round = 0; round < Rounds; round++)
            {
                long before = SizeOf(host);
                await Eventually.HoldsAsync(() => SizeOf(host) > before, $"events get their places in round {round}: {service.Output}");
                await Task.Delay(random.Next(0, 200));
                checkpoints.Add(PublishedTrail.CheckpointOf(host.TrailDirectory));
                if (round % 3 == 2)
                {
                    server.Kill();
                    server = await PostgresServer.StartPrivateAsync(port, data.FullName);
                }
                else
                {
                    await service.DisposeAsync();
                    service = Start(host);
                }
            }

            await done.CancelAsync();
            List<string> acknowledged = await writing;
            await Eventually.HoldsAsync(() => IsThere(host, acknowledged[^1]), "the last acknowledged event is in the trail");
            List<string> trail = [.. PublishedTrail.Leaves(host.TrailDirectory)
                .Select(leaf => (string)JsonNode.Parse(leaf.Span)!["event_id"]!)];
            trail.Count.ShouldBe(trail.Distinct(StringComparer.Ordinal).Count());
            var known = new HashSet<string>(acknowledged, StringComparer.Ordinal);
            trail.Where(known.Contains).ShouldBe(acknowledged);
            PublishedTrail.FirstFault(host.TrailDirectory).ShouldBeNull();
            Checkpoint last = PublishedTrail.CheckpointOf(host.TrailDirectory);
            checkpoints.ShouldAllBe(earlier => IsContinued(host.TrailDirectory, earlier, last));
        }
        finally
        {
            await service.DisposeAsync();
            server.Kill();
        }
    }

    private static ChildProcess Start(AuditHost host) => new(
        "dotnet", [ChildProcess.AssemblyOf("services/Audit", "Audit"), "--urls=http://127.0.0.1:0"], host.EnvironmentVariables);

    /// <summary>Adds events one batch after the other, each until it is acknowledged; answers their ids in order.</summary>
    private static async Task<List<string>> WriteAsync(Intake intake, CancellationToken done)
    {
        var acknowledged = new List<string>();
        for (int batch = 0; !done.IsCancellationRequested; batch++)
        {
            AuditRecord[] records = [.. Enumerable.Range(0, 20).Select(i => Records.View($"p-{i}", id: $"{batch}-{i}"))];
            while (!done.IsCancellationRequested)
            {
                try
                {
                    await intake.AcceptAsync("pacs", records, CancellationToken.None);
                    acknowledged.AddRange(records.Select(record => record.EventId));
                    break;
                }
                catch (NpgsqlException)
                {
                    await Task.Delay(20, CancellationToken.None);
                }
            }

            await Task.Delay(5, CancellationToken.None);
        }

        return acknowledged;
    }

    private static long SizeOf(AuditHost host) =>
        File.Exists(Path.Combine(host.TrailDirectory, "checkpoint")) ? PublishedTrail.CheckpointOf(host.TrailDirectory).Size : 0;

    private static bool IsThere(AuditHost host, string eventId) =>
        PublishedTrail.Leaves(host.TrailDirectory).Any(leaf => (string?)JsonNode.Parse(leaf.Span)!["event_id"] == eventId);

    private static bool IsContinued(string directory, Checkpoint earlier, Checkpoint last) => MerkleProof.ShowsConsistency(
        earlier.Size, last.Size, new TileTree(new TileDirectory(directory), last.Size).ConsistencyProof(earlier.Size).AsSpan(),
        earlier.Root, last.Root);
}
