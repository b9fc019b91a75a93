using AccessGov.PolicyDecision.Journal;
using AccessGov.Testing;
using static AccessGov.PolicyDecision.Tests.Journal.JournalHarness;

namespace AccessGov.PolicyDecision.Tests.Journal;

/// <summary>A PostgreSQL of one's own is killed and started again.</summary>
public sealed class OutageTests
{
    [Fact]
    public async Task PostgreSQL_killed_and_started_under_load_loses_no_acknowledged_record_and_doubles_none()
    {
        string home = Directory.CreateTempSubdirectory("accessgov-journal-pg-").FullName;
        PostgresServer server = await PostgresServer.StartPrivateAsync(dataDirectory: home);
        await using var harness = new JournalHarness(await server.CreateDatabaseAsync());
        int port = new Npgsql.NpgsqlConnectionStringBuilder(server.ConnectionString).Port;
        DecisionJournal journal = await harness.StartAsync();
        using var stop = new CancellationTokenSource();
        Task<List<Guid>>[] callers = [.. Enumerable.Range(0, 8).Select(_ => Task.Run(() => CallAsync(journal, stop.Token)))];
        for (int outage = 0; outage < 2; outage++)
        {
            long before = await harness.ScalarAsync<long>("select count(*) from decision_batch");
            await Eventually.HoldsAsync(
                async () => journal.Spool.IsEmpty && await harness.ScalarAsync<long>("select count(*) from decision_batch") > before + 5, "records land in the database");
            server.Kill();
            await Eventually.HoldsAsync(() => journal.Spool.Held.Records > 200, "records land in the spool", 2 * Eventually.Bound);
            server = await PostgresServer.StartPrivateAsync(port, home);
            await harness.SpoolIsMergedAsync();
        }

        await stop.CancelAsync();
        List<Guid>[] acknowledged = await Task.WhenAll(callers);
        await harness.StopAsync();
        // What met a connection of the killed server just before the end is in the spool: the next start brings it.
        await harness.StartAsync();
        await harness.SpoolIsMergedAsync();
        await harness.StopAsync();
        List<Guid> stored = await harness.StoredAsync();
        stored.Distinct().Count().ShouldBe(stored.Count);
        acknowledged.SelectMany(ids => ids).Except(stored).ShouldBeEmpty();
        Dictionary<Guid, int> places = stored.Select((id, place) => (id, place)).ToDictionary(pair => pair.id, pair => pair.place);
        foreach (List<Guid> ofOneCaller in acknowledged)
        {
            ofOneCaller.ConvertAll(id => places[id]).ShouldBeInOrder();
        }

        (await harness.VerifyAsync()).ShouldHaveSingleItem().ShouldSatisfyAllConditions(
            verdict => verdict.Intact.ShouldBeTrue(verdict.Problem), verdict => verdict.Closed.ShouldBeTrue());
        server.Kill();
        Directory.Delete(home, recursive: true);
    }

    [Fact]
    public async Task It_starts_and_decides_without_its_database()
    {
        string home = Directory.CreateTempSubdirectory("accessgov-journal-pg-").FullName;
        PostgresServer server = await PostgresServer.StartPrivateAsync(dataDirectory: home);
        string connection = await server.CreateDatabaseAsync();
        server.Kill();
        await using var harness = new JournalHarness(connection);
        DecisionJournal journal = await harness.StartAsync();
        DecisionRecord[] records = [Record(), Record()];
        await journal.RecordAsync(records[0], CancellationToken.None);
        harness.Crash();
        journal = await harness.StartAsync();
        await journal.RecordAsync(records[1], CancellationToken.None);
        server = await PostgresServer.StartPrivateAsync(new Npgsql.NpgsqlConnectionStringBuilder(connection).Port, home);
        await harness.SpoolIsMergedAsync();
        (await harness.StoredAsync()).ShouldBe(records.Select(record => record.EvaluationId));
        await harness.StopAsync();
        (await harness.VerifyAsync()).Count.ShouldBe(2);
        (await harness.VerifyAsync()).ShouldAllBe(verdict => verdict.Intact);
        server.Kill();
        Directory.Delete(home, recursive: true);
    }

    private static async Task<List<Guid>> CallAsync(DecisionJournal journal, CancellationToken stop)
    {
        var acknowledged = new List<Guid>();
        while (!stop.IsCancellationRequested)
        {
            DecisionRecord record = Record();
            await journal.RecordAsync(record, CancellationToken.None);
            acknowledged.Add(record.EvaluationId);
        }

        return acknowledged;
    }
}
