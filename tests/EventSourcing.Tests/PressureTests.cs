using AccessGov.EventSourcing.Tests.Guarantees;
using AccessGov.Testing;
using FsCheck;
using FsCheck.Fluent;
using Npgsql;

namespace AccessGov.EventSourcing.Tests;

public sealed class PressureTests(PostgresFixture database) : IClassFixture<PostgresFixture>
{
    [Fact]
    public async Task Too_many_waiting_appends_are_refused_and_write_nothing_and_the_rest_is_written()
    {
        await using PostgresEventStore store = await Stores.StartAsync(database, options => options.WaitingAppendsMax = 50);
        string schema = store.Options.Schema;
        await store.AppendAsync(Counters.Raise("held", ExpectedVersion.NoStream));
        Task<AppendReceipt>[] appends;
        await using (NpgsqlConnection connection = await database.DataSource.OpenConnectionAsync())
        {
            await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync();
            await using var hold = new NpgsqlCommand($"select from {schema}.mt_streams where id = 'held' for update", connection, transaction);
            await hold.ExecuteNonQueryAsync();
            appends = [.. Enumerable.Range(0, 80).Select(_ => store.AppendAsync(Counters.Raise("held", ExpectedVersion.Any)))];
            store.WaitingAppends.ShouldBe(50);
            (await Should.ThrowAsync<StoreOverloadedException>(() => store.AppendAsync(Counters.Raise("other", ExpectedVersion.Any)))).StreamId.ShouldBe("other");
        }

        await Task.WhenAll(appends).ContinueWith(_ => { }, TaskScheduler.Default);
        appends.Count(append => append.IsCompletedSuccessfully).ShouldBe(50);
        appends.Where(append => append.IsFaulted).ShouldAllBe(append => append.Exception!.InnerException is StoreOverloadedException);
        (await store.LoadAsync("held")).Version.ShouldBe(51);
        store.WaitingAppends.ShouldBe(0);
    }

    [Fact]
    public async Task An_append_cancelled_while_it_waits_writes_nothing()
    {
        await using PostgresEventStore store = await Stores.StartAsync(database, options => options.Writers = 1);
        await store.AppendAsync(Counters.Raise("held", ExpectedVersion.NoStream));
        using var cancellation = new CancellationTokenSource();
        await using (NpgsqlConnection connection = await database.DataSource.OpenConnectionAsync())
        {
            await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync();
            await using var hold = new NpgsqlCommand($"select from {store.Options.Schema}.mt_streams where id = 'held' for update", connection, transaction);
            await hold.ExecuteNonQueryAsync();
            Task<AppendReceipt> underWay = store.AppendAsync(Counters.Raise("held", ExpectedVersion.Any));
            Task<AppendReceipt> waiting = store.AppendAsync(Counters.Raise("held", ExpectedVersion.Any), cancellation.Token);
            await cancellation.CancelAsync();
            await Should.ThrowAsync<OperationCanceledException>(() => waiting);
            await transaction.RollbackAsync();
            (await underWay).Version.ShouldBe(2);
        }

        (await store.AppendAsync(Counters.Raise("held", ExpectedVersion.Any))).Version.ShouldBe(3);
    }

    [Fact]
    public async Task Whatever_many_appenders_do_every_follower_sees_the_same_dense_history_that_agrees_with_every_answer()
    {
        await using PostgresEventStore one = await Stores.StartAsync(database, options => options.Writers = 3);
        await using PostgresEventStore two = await Stores.StartAsync(database.DataSource, one.Options.Schema);
        int round = 0;
        Gen<(int Stream, int Events, int Kind)[]> plans = ArbMap.Default.ArbFor<int>().Generator.Select(value => (Math.Abs(value % 7), 1 + Math.Abs(value % 4), Math.Abs(value % 5))).ArrayOf(60);
        foreach ((int Stream, int Events, int Kind)[] plan in plans.Sample(15, 8))
        {
            round++;
            using var stop = new CancellationTokenSource(5 * Eventually.Bound);
            long before = await one.HeadAsync();
            AppendReceipt?[] receipts = await Task.WhenAll(plan.Select((step, i) => Task.Run(() => PlayAsync(i % 2 == 0 ? one : two, round, step))));
            AppendReceipt[] done = [.. receipts.OfType<AppendReceipt>()];
            await one.PositionOfAsync(done.MaxBy(receipt => receipt.LastSequence)!, stop.Token);
            long events = await database.DataSource.AskAsync<long>($"select count(*) from {one.Options.Schema}.mt_events");
            List<StoredEvent>[] followed = await Task.WhenAll(FollowAsync(one, before, events, stop.Token), FollowAsync(two, before, events, stop.Token));
            followed[0].Select(stored => stored.Position).ShouldBe(Enumerable.Range(1, followed[0].Count).Select(i => before + i));
            followed[0].Select(stored => stored.Id).ShouldBe(followed[1].Select(stored => stored.Id));
            (await FeedAudit.ViolationsAsync(database.DataSource, one.Options.Schema)).ShouldBeEmpty();
            done.ShouldAllBe(receipt => followed[0].Any(stored =>
                stored.StreamId == receipt.StreamId && stored.Version == receipt.Version && stored.Sequence == receipt.LastSequence));
        }
    }

    private static async Task<AppendReceipt?> PlayAsync(PostgresEventStore store, int round, (int Stream, int Events, int Kind) step)
    {
        string stream = $"r{round}-{step.Stream}";
        ExpectedVersion expected = step.Kind switch { 0 => ExpectedVersion.NoStream, 1 => ExpectedVersion.Exactly((await store.LoadAsync(stream)).Version), _ => ExpectedVersion.Any };
        var append = new StreamAppend(stream, expected, [.. Enumerable.Range(0, step.Events).Select(i => new CounterRaised(i))])
        {
            Alongside = step.Kind == 4 ? (_, _, _) => Task.CompletedTask : null,
        };
        try
        {
            return await store.AppendAsync(append);
        }
        catch (Exception e) when (e is WrongExpectedVersionException or StreamAlreadyExistsException)
        {
            return null;
        }
    }

    private static async Task<List<StoredEvent>> FollowAsync(PostgresEventStore store, long after, long until, CancellationToken cancellation)
    {
        var seen = new List<StoredEvent>();
        await foreach (IReadOnlyList<StoredEvent> batch in store.FollowAsync(after, cancellation))
        {
            seen.AddRange(batch);
            if (batch[^1].Position >= until)
            {
                break;
            }
        }

        return seen;
    }
}
