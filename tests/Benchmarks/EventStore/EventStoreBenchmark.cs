using System.Diagnostics;
using AccessGov.EventSourcing;
using AccessGov.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace AccessGov.Benchmarks.EventStore;

[EventName("grant_given")]
internal sealed record GrantGiven(string Subject, string Role, string Site, DateTimeOffset From, DateTimeOffset? Until, bool ReadOnly);

/// <summary>The event store's targets, against a private PostgreSQL with everything that keeps data switched on.</summary>
internal static class EventStoreBenchmark
{
    private const int Callers = 256;
    private const int ReplayedEvents = 500_000;
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(10);

    public static async Task<int> RunAsync()
    {
        Console.WriteLine($"{Environment.ProcessorCount} processors, load average before: {(File.Exists("/proc/loadavg") ? File.ReadAllText("/proc/loadavg").Split(' ')[0] : "unknown")}");
        await using PostgresServer server = await PostgresServer.StartPrivateAsync();
        var results = new ResultTable();
        await using (NpgsqlDataSource dataSource = await DataSourceAsync(server))
        {
            await using PostgresEventStore store = await StartAsync(dataSource, "single");
            await SinglesAsync(store, TimeSpan.FromSeconds(3), null);
            var latency = new ConsumerLatency();
            Task following = latency.FollowAsync(store, await store.HeadAsync());
            (double perSecond, double[] waits) = await SinglesAsync(store, Duration, latency);
            results.Add($"durable single-event appends, {Callers} callers", "appends/s", 15_000, perSecond, atLeast: true);
            results.Add("  caller waits, p99", "ms", null, Percentiles.Of(waits, 0.99));
            double[] behind = await latency.StopAsync(following);
            results.Add("  commit to consumer under that load, p99", "ms", 50, Percentiles.Of(behind, 0.99));
        }

        await using (NpgsqlDataSource dataSource = await DataSourceAsync(server))
        {
            await using PostgresEventStore store = await StartAsync(dataSource, "quiet");
            var latency = new ConsumerLatency();
            Task following = latency.FollowAsync(store, await store.HeadAsync());
            await PacedAsync(store, latency);
            results.Add("commit to consumer at 200 appends/s, p99", "ms", 50, Percentiles.Of(await latency.StopAsync(following), 0.99));
        }

        await using (NpgsqlDataSource dataSource = await DataSourceAsync(server))
        {
            await using PostgresEventStore store = await StartAsync(dataSource, "bulk");
            results.Add("durable events in bulk (100 for each stream)", "events/s", 100_000, await BulkAsync(store), atLeast: true);
            results.Add("replay into a projection", "events/s", 200_000, await ReplayAsync(store), atLeast: true);
        }

        return results.Print();
    }

    private static async Task<NpgsqlDataSource> DataSourceAsync(PostgresServer server) => NpgsqlDataSource.Create(await server.CreateDatabaseAsync());

    private static async Task<PostgresEventStore> StartAsync(NpgsqlDataSource dataSource, string schema)
    {
        var store = new PostgresEventStore(
            dataSource, new EventStoreOptions { Schema = schema, Types = EventTypes.Of(typeof(GrantGiven)) }, TimeProvider.System,
            NullLogger<PostgresEventStore>.Instance);
        await store.StartAsync();
        return store;
    }

    /// <summary>Each caller starts a stream, appends four more events to it with the version it has seen, and starts the next one.</summary>
    private static async Task<(double PerSecond, double[] Waits)> SinglesAsync(PostgresEventStore store, TimeSpan duration, ConsumerLatency? latency)
    {
        long start = Stopwatch.GetTimestamp();
        List<double>[] waits = await Task.WhenAll(Enumerable.Range(0, Callers).Select(caller => Task.Run(async () =>
        {
            var mine = new List<double>();
            for (int i = 0; Stopwatch.GetElapsedTime(start) < duration; i++)
            {
                long called = Stopwatch.GetTimestamp();
                AppendReceipt receipt = await store.AppendAsync(new StreamAppend(
                    $"grant-{start}-{caller}-{i / 5}", ExpectedVersion.Exactly(i % 5), [Grant(i)]) { StreamType = "grant", Metadata = new EventMetadata("admin") });
                latency?.Committed(receipt.LastSequence);
                mine.Add(Stopwatch.GetElapsedTime(called).TotalMilliseconds);
            }

            return mine;
        })));
        double[] all = [.. waits.SelectMany(mine => mine)];
        return (all.Length / Stopwatch.GetElapsedTime(start).TotalSeconds, all);
    }

    private static async Task PacedAsync(PostgresEventStore store, ConsumerLatency latency)
    {
        using var ticks = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        for (int i = 0; i < 1_000; i++)
        {
            await ticks.WaitForNextTickAsync();
            latency.Committed((await store.AppendAsync(new StreamAppend($"grant-{i}", ExpectedVersion.NoStream, [Grant(i)]))).LastSequence);
        }
    }

    private static async Task<double> BulkAsync(PostgresEventStore store)
    {
        StreamAppend[] appends = [.. Enumerable.Range(0, ReplayedEvents / 100).Select(stream => new StreamAppend(
            $"grant-{stream}", ExpectedVersion.NoStream, [.. Enumerable.Range(0, 100).Select(Grant)]))];
        long start = Stopwatch.GetTimestamp();
        IReadOnlyList<AppendResult> results = await store.AppendManyAsync(appends);
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        await store.PositionOfAsync(results.MaxBy(result => result.Receipt!.LastSequence)!.Receipt!);
        Console.WriteLine($"bulk: {ReplayedEvents} events committed in {seconds:F2} s, numbered after {Stopwatch.GetElapsedTime(start).TotalSeconds:F2} s");
        return ReplayedEvents / seconds;
    }

    private static async Task<double> ReplayAsync(PostgresEventStore store)
    {
        var grantsBySubject = new Dictionary<string, int>(StringComparer.Ordinal);
        long start = Stopwatch.GetTimestamp();
        int seen = 0;
        await foreach (IReadOnlyList<StoredEvent> batch in store.FollowAsync(0))
        {
            foreach (StoredEvent stored in batch)
            {
                string subject = ((GrantGiven)stored.Data).Subject;
                grantsBySubject[subject] = grantsBySubject.GetValueOrDefault(subject) + 1;
            }

            seen += batch.Count;
            if (seen == ReplayedEvents)
            {
                break;
            }
        }

        return grantsBySubject.Values.Sum() / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static GrantGiven Grant(int i) =>
        new($"user-{i % 5_000}", "radiologist", "site-1", DateTimeOffset.UnixEpoch.AddMinutes(i), null, i % 2 == 0);
}
