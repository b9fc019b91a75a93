using System.Collections.Concurrent;
using AccessGov.Testing;
using Npgsql;

namespace AccessGov.EventSourcing.Tests.Guarantees;

/// <summary>Guarantee 1: an acknowledged append is committed, whatever is killed afterwards.</summary>
public sealed class DurabilityTests(PostgresFixture database) : IClassFixture<PostgresFixture>
{
    private delegate Task Append(PostgresEventStore store, StreamAppend append);

    [Fact]
    public async Task Every_acknowledged_append_survives_a_killed_server_exactly_once_and_followers_see_all_in_order() =>
        (await KillAsync((store, append) => store.AppendAsync(append))).ShouldBeEmpty();

    [Fact]
    public async Task Acknowledgement_without_synchronous_commit_is_found()
    {
        // Whatever the server flushes in the moment before it is killed makes the last acknowledgements true: then it is killed once more.
        List<string> violations = [];
        for (int attempt = 0; attempt < 5 && violations.Count == 0; attempt++)
        {
            violations = await KillAsync(AppendAsynchronouslyAsync);
        }

        violations.ShouldContain("an acknowledged append is lost");
    }

    [Fact]
    public async Task A_commit_that_fails_is_not_acknowledged() => (await FailAtCommitAsync((store, append) => store.AppendAsync(append))).ShouldBeFalse();

    [Fact]
    public async Task Acknowledgement_before_the_commit_is_found() => (await FailAtCommitAsync(AcknowledgeEarlyAsync)).ShouldBeTrue();

    [Theory]
    [InlineData("fsync")]
    [InlineData("full_page_writes")]
    [InlineData("synchronous_commit")]
    public async Task The_store_refuses_to_start_on_a_server_that_forgets(string setting)
    {
        await using PostgresServer server = await PostgresServer.StartPrivateAsync();
        await using NpgsqlDataSource dataSource = NpgsqlDataSource.Create(server.ConnectionString);
        await dataSource.RunAsync($"alter system set {setting} = off");
        await dataSource.RunAsync("select pg_reload_conf()");
        await Eventually.HoldsAsync(
            async () => await dataSource.AskAsync<string>($"select setting from pg_settings where name = '{setting}'") == "off", "the setting is off");
        PostgresEventStore store = Stores.Create(dataSource, "events");
        (await Should.ThrowAsync<InvalidOperationException>(() => store.StartAsync())).Message.ShouldContain($"{setting} switched off");
        await store.DisposeAsync();
    }

    /// <summary>Callers append under load, the server is killed without warning, and what they were told is compared with what is there.</summary>
    private static async Task<List<string>> KillAsync(Append append)
    {
        string directory = Directory.CreateTempSubdirectory("accessgov-durability-").FullName;
        PostgresServer server = await PostgresServer.StartPrivateAsync(0, directory);
        int port = new NpgsqlConnectionStringBuilder(server.ConnectionString).Port;
        await using NpgsqlDataSource dataSource = NpgsqlDataSource.Create(server.ConnectionString);
        // What is not flushed at commit stays in memory for long, as it may on a busy server.
        await dataSource.RunAsync("alter system set wal_writer_delay = '10s'");
        await dataSource.RunAsync("alter system set wal_writer_flush_after = '1GB'");
        await dataSource.RunAsync("alter system set bgwriter_lru_maxpages = 0");
        await dataSource.RunAsync("alter system set autovacuum = off");
        await dataSource.RunAsync("select pg_reload_conf()");
        var acknowledged = new ConcurrentBag<string>();
        var followed = new ConcurrentQueue<StoredEvent>();
        var violations = new List<string>();
        await using (PostgresEventStore store = await Stores.StartAsync(dataSource, "events"))
        {
            using var stop = new CancellationTokenSource();
            Task following = FollowThroughAsync(store, followed, stop.Token);
            Task[] callers = [.. Enumerable.Range(0, 32).Select(caller => CallAsync(store, append, acknowledged, caller, stop.Token))];
            await Eventually.HoldsAsync(() => acknowledged.Count > 500, "there is load", 2 * Eventually.Bound);
            // The sequencer's own commits would flush what others left unflushed: it is held up while the last appends before the kill are acknowledged.
            await using NpgsqlConnection holding = await dataSource.OpenConnectionAsync(CancellationToken.None);
            await using NpgsqlTransaction held = await holding.BeginTransactionAsync(CancellationToken.None);
            await using var hold = new NpgsqlCommand("select from events.event_store_sequencer for update", holding, held);
            await hold.ExecuteNonQueryAsync(CancellationToken.None);
            int unheld = acknowledged.Count;
            await Eventually.HoldsAsync(() => acknowledged.Count > unheld + 200, "there is still load", 2 * Eventually.Bound);
            server.Kill();
            await server.DisposeAsync();
            int before = acknowledged.Count;
            server = await PostgresServer.StartPrivateAsync(port, directory);
            await Eventually.HoldsAsync(() => acknowledged.Count > before + 200, "callers are served again", 2 * Eventually.Bound);
            await stop.CancelAsync();
            await Task.WhenAll(callers);
            await following;

            long stored = await dataSource.AskAsync<long>("select count(*) from events.mt_events");
            await Eventually.HoldsAsync(async () => await store.HeadAsync() == stored, "everything is numbered");
            violations.AddRange(await FeedAudit.ViolationsAsync(dataSource, "events"));
            List<StoredEvent> all = [.. await store.ReadAllAsync(0, int.MaxValue / 2)];
            var times = all.CountBy(one => one.StreamId, StringComparer.Ordinal).ToDictionary(StringComparer.Ordinal);
            violations.AddRange(acknowledged.Where(stream => !times.ContainsKey(stream)).Select(_ => "an acknowledged append is lost"));
            violations.AddRange(times.Where(pair => pair.Value != 1).Select(pair => $"{pair.Key} is there {pair.Value} times"));
            if (!followed.Select(one => (one.Position, one.Sequence)).SequenceEqual(all.Take(followed.Count).Select(one => (one.Position, one.Sequence))))
            {
                violations.Add("the follower saw something else than what is stored");
            }
        }

        await server.DisposeAsync();
        Directory.Delete(directory, recursive: true);
        return violations;
    }

    private static async Task CallAsync(PostgresEventStore store, Append append, ConcurrentBag<string> acknowledged, int caller, CancellationToken stop)
    {
        for (int i = 0; !stop.IsCancellationRequested; i++)
        {
            StreamAppend one = Counters.Raise($"s{caller}-{i}", ExpectedVersion.NoStream);
            try
            {
                await append(store, one);
                acknowledged.Add(one.StreamId);
            }
            catch (Exception e) when (e is StoreUnavailableException or AppendOutcomeUnknownException or NpgsqlException)
            {
                await Task.Delay(20, CancellationToken.None);
            }
        }
    }

    private static async Task FollowThroughAsync(PostgresEventStore store, ConcurrentQueue<StoredEvent> followed, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                await foreach (IReadOnlyList<StoredEvent> batch in store.FollowAsync(followed.LastOrDefault()?.Position ?? 0, stop))
                {
                    foreach (StoredEvent stored in batch)
                    {
                        followed.Enqueue(stored);
                    }
                }
            }
            catch (Exception e) when (e is NpgsqlException or OperationCanceledException)
            {
                await Task.Delay(20, CancellationToken.None);
            }
        }
    }

    private static async Task AppendAsynchronouslyAsync(PostgresEventStore store, StreamAppend append)
    {
        await using NpgsqlConnection connection = await store.DataSource.OpenConnectionAsync(CancellationToken.None);
        await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(CancellationToken.None);
        await using var insert = new NpgsqlCommand(
            $$"""
            set local synchronous_commit = off;
            insert into events.mt_streams (id, version) values ('{{append.StreamId}}', 1);
            insert into events.mt_events (seq_id, id, stream_id, version, data, type)
            values (nextval('events.mt_events_sequence'), gen_random_uuid(), '{{append.StreamId}}', 1, '{"By": 1}', 'counter_raised')
            """, connection, transaction);
        await insert.ExecuteNonQueryAsync(CancellationToken.None);
        await transaction.CommitAsync(CancellationToken.None);
    }

    /// <summary>True when an append was acknowledged although its commit failed.</summary>
    private async Task<bool> FailAtCommitAsync(Append append)
    {
        await using PostgresEventStore store = await Stores.StartAsync(database);
        string schema = store.Options.Schema;
        await database.DataSource.RunAsync(
            $"""
            create function {schema}.refuse() returns trigger language plpgsql as $$ begin raise exception 'refused at commit'; end $$;
            create constraint trigger refuse after insert on {schema}.mt_events deferrable initially deferred
            for each row execute function {schema}.refuse()
            """);
        try
        {
            await append(store, Counters.Raise("s", ExpectedVersion.NoStream));
            (await store.LoadAsync("s")).Version.ShouldBe(0);
            return true;
        }
        catch (PostgresException e) when (e.MessageText == "refused at commit")
        {
            return false;
        }
    }

    private static async Task AcknowledgeEarlyAsync(PostgresEventStore store, StreamAppend append)
    {
        var answered = new TaskCompletionSource();
        _ = store.AppendAsync(append with
        {
            Alongside = (_, _, _) =>
            {
                answered.SetResult();
                return Task.CompletedTask;
            },
        }).ContinueWith(late => late.Exception, TaskScheduler.Default);
        await answered.Task;
    }
}
