using AccessGov.EventSourcing.Feed;
using AccessGov.EventSourcing.Subscriptions;
using AccessGov.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace AccessGov.EventSourcing.Tests.Guarantees;

/// <summary>Guarantee 3: a subscription's effect happens once, whoever else runs it and wherever it dies.</summary>
public sealed class CheckpointTests(PostgresFixture database) : IClassFixture<PostgresFixture>
{
    private delegate Task Runner(PostgresEventStore store, ISubscription subscription, CancellationToken cancellation);

    [Fact]
    public async Task Two_runners_of_one_subscription_have_each_effect_once() => (await TwoRunnersAsync(RunHealthyAsync, TimeSpan.FromMilliseconds(500))).ShouldBe("every effect once");

    [Fact]
    public async Task A_position_that_is_read_and_then_written_is_found() => (await TwoRunnersAsync(RunCheckThenActAsync, Eventually.Bound)).ShouldBe("40 effects of 20 events");

    [Fact]
    public async Task A_runner_that_dies_at_its_commit_has_each_effect_once() => (await DyingRunnerAsync(RunHealthyAsync)).ShouldBe("every effect once");

    [Fact]
    public async Task A_position_in_a_transaction_of_its_own_is_found() => (await DyingRunnerAsync(RunWithPositionApartAsync)).ShouldEndWith("effects of 20 events");

    private async Task<string> TwoRunnersAsync(Runner run, TimeSpan patience)
    {
        await using PostgresEventStore store = await Stores.StartAsync(database);
        Effects effects = await Effects.CreateAsync(store);
        // Both runners are given the chance to be inside the same batch at the same time; where nothing keeps them apart they meet for certain.
        var meeting = new Barrier(2);
        effects.Before = () => Task.Run(() => meeting.SignalAndWait(patience));
        await AppendAsync(store);
        using var stop = new CancellationTokenSource();
        Task[] runners = [run(store, effects, stop.Token), run(store, effects, stop.Token)];
        return await effects.VerdictAsync(stop, runners);
    }

    private async Task<string> DyingRunnerAsync(Runner run)
    {
        await using PostgresEventStore store = await Stores.StartAsync(database);
        Effects effects = await Effects.CreateAsync(store);
        // The position cannot be written at first, as if the process or its connection died right then.
        await database.DataSource.RunAsync(
            $"""
            create function {store.Options.Schema}.die() returns trigger language plpgsql as $$ begin raise exception 'dies here'; end $$;
            create trigger die before update on {store.Options.Schema}.mt_event_progression execute function {store.Options.Schema}.die()
            """);
        int attempts = 0;
        effects.Before = () => Task.FromResult(Interlocked.Increment(ref attempts));
        await AppendAsync(store);
        using var stop = new CancellationTokenSource();
        Task runner = run(store, effects, stop.Token);
        await Eventually.HoldsAsync(() => Volatile.Read(ref attempts) > 1, "the subscription is called again");
        await database.DataSource.RunAsync($"drop trigger die on {store.Options.Schema}.mt_event_progression");
        return await effects.VerdictAsync(stop, [runner]);
    }

    private static async Task AppendAsync(PostgresEventStore store)
    {
        AppendReceipt receipt = await store.AppendAsync(new StreamAppend("s", ExpectedVersion.NoStream, [.. Enumerable.Range(0, 20).Select(i => new CounterRaised(i))]));
        await store.PositionOfAsync(receipt);
    }

    private static Task RunHealthyAsync(PostgresEventStore store, ISubscription subscription, CancellationToken cancellation) =>
        new SubscriptionRunner(store, subscription, new SubscriptionStates(), TimeProvider.System, new FailureLog(TimeProvider.System, NullLogger.Instance)).RunAsync(cancellation);

    private static Task RunCheckThenActAsync(PostgresEventStore store, ISubscription subscription, CancellationToken cancellation) =>
        RunBrokenAsync(store, subscription, positionApart: false, cancellation);

    private static Task RunWithPositionApartAsync(PostgresEventStore store, ISubscription subscription, CancellationToken cancellation) =>
        RunBrokenAsync(store, subscription, positionApart: true, cancellation);

    private static async Task RunBrokenAsync(PostgresEventStore store, ISubscription subscription, bool positionApart, CancellationToken cancellation)
    {
        var progress = new SubscriptionProgress(store.Options.Schema);
        while (!cancellation.IsCancellationRequested)
        {
            try
            {
                await using NpgsqlConnection connection = await store.DataSource.OpenConnectionAsync(CancellationToken.None);
                long position = await progress.BeginAsync(connection, subscription.Name, CancellationToken.None);
                EventReader.Page page = await store.Reader.ReadPageAsync(position, 100, CancellationToken.None);
                if (page.Through == position)
                {
                    await Task.Delay(5, CancellationToken.None);
                    continue;
                }

                await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(CancellationToken.None);
                await subscription.HandleAsync(page.Events, transaction, CancellationToken.None);
                if (positionApart)
                {
                    await transaction.CommitAsync(CancellationToken.None);
                }

                await using (var move = new NpgsqlCommand(
                    $"update {store.Options.Schema}.mt_event_progression set last_seq_id = {page.Through} where name = '{subscription.Name}:All'", connection))
                {
                    await move.ExecuteNonQueryAsync(CancellationToken.None);
                }

                if (!positionApart)
                {
                    await transaction.CommitAsync(CancellationToken.None);
                }
            }
            catch (PostgresException)
            {
                await Task.Delay(5, CancellationToken.None);
            }
        }
    }

    private sealed class Effects(PostgresEventStore store) : ISubscription
    {
        public string Name => "Effects";

        public Func<Task> Before { get; set; } = () => Task.CompletedTask;

        public static async Task<Effects> CreateAsync(PostgresEventStore store)
        {
            await store.DataSource.RunAsync($"create table {store.Options.Schema}.effects (position bigint not null)");
            return new Effects(store);
        }

        public async Task HandleAsync(IReadOnlyList<StoredEvent> batch, NpgsqlTransaction transaction, CancellationToken cancellation)
        {
            await Before();
            await using var insert = new NpgsqlCommand($"insert into {store.Options.Schema}.effects select unnest($1)", transaction.Connection, transaction);
            insert.Parameters.Add(new NpgsqlParameter { Value = batch.Select(stored => stored.Position).ToArray() });
            await insert.ExecuteNonQueryAsync(cancellation);
        }

        public async Task<string> VerdictAsync(CancellationTokenSource stop, Task[] runners)
        {
            await Eventually.HoldsAsync(
                async () => await store.DataSource.AskAsync<long>(
                    $"select coalesce(max(last_seq_id), 0) from {store.Options.Schema}.mt_event_progression where name = 'Effects:All'") == 20,
                "the subscription reaches the end");
            await stop.CancelAsync();
            await Task.WhenAll(runners);
            long effects = await store.DataSource.AskAsync<long>($"select count(*) from {store.Options.Schema}.effects");
            long distinct = await store.DataSource.AskAsync<long>($"select count(distinct position) from {store.Options.Schema}.effects");
            return effects == 20 && distinct == 20 ? "every effect once" : $"{effects} effects of {distinct} events";
        }
    }
}
