using AccessGov.EventSourcing.Subscriptions;
using AccessGov.EventSourcing.Tests.Guarantees;
using AccessGov.Testing;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Npgsql;

namespace AccessGov.EventSourcing.Tests;

public sealed class SequencerTests(PostgresFixture database) : IClassFixture<PostgresFixture>
{
    [Fact]
    public async Task Of_two_processes_one_numbers_and_the_other_takes_over()
    {
        PostgresEventStore first = await Stores.StartAsync(database);
        await Eventually.HoldsAsync(() => first.State.Leads, "the first leads");
        await using PostgresEventStore second = await Stores.StartAsync(database.DataSource, first.Options.Schema);
        await second.PositionOfAsync(await second.AppendAsync(Counters.Raise("a", ExpectedVersion.NoStream)));
        second.State.Leads.ShouldBeFalse();

        await first.DisposeAsync();
        await second.PositionOfAsync(await second.AppendAsync(Counters.Raise("a", ExpectedVersion.Exactly(1))));
        second.State.Leads.ShouldBeTrue();
        (await FeedAudit.ViolationsAsync(database.DataSource, second.Options.Schema)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_process_that_does_not_lead_wakes_the_leader_once_and_not_for_ever()
    {
        await using PostgresEventStore leader = await Stores.StartAsync(database);
        await Eventually.HoldsAsync(() => leader.State.Leads, "it leads");
        await using PostgresEventStore other = await Stores.StartAsync(database.DataSource, leader.Options.Schema);
        await using NpgsqlConnection connection = await database.DataSource.OpenConnectionAsync();
        await using var listen = new NpgsqlCommand($"listen {leader.Options.Schema}_appended", connection);
        await listen.ExecuteNonQueryAsync();
        await other.AppendAsync(Counters.Raise("a", ExpectedVersion.NoStream));
        int appended = 1, heard = 0;
        connection.Notification += (_, _) => heard++;
        // What was appended before it stood by has woken nobody: the leader finds that by itself.
        await Eventually.HoldsAsync(
            async () =>
            {
                appended++;
                await other.AppendAsync(Counters.Raise("a", ExpectedVersion.Any));
                return await connection.WaitAsync(TimeSpan.FromMilliseconds(500));
            },
            "the leader is woken");
        while (heard <= appended && await connection.WaitAsync(TimeSpan.FromMilliseconds(500)))
        {
        }

        heard.ShouldBeInRange(1, appended);
    }

    [Fact]
    public async Task A_leader_that_was_replaced_without_noticing_numbers_nothing()
    {
        await using PostgresEventStore store = await Stores.StartAsync(database);
        await Eventually.HoldsAsync(() => store.State.Leads, "it leads");
        string schema = store.Options.Schema;
        long fence = await database.DataSource.AskAsync<long>($"select fence from {schema}.event_store_sequencer");
        await database.DataSource.RunAsync($"update {schema}.event_store_sequencer set fence = fence + 1");
        (await Should.ThrowAsync<PostgresException>(() => database.DataSource.RunAsync($"select * from {schema}.event_store_number({fence}, '0')")))
            .SqlState.ShouldBe("AG001");
        // The store finds out the same way, and takes the lead again with a fence of its own.
        await store.PositionOfAsync(await store.AppendAsync(Counters.Raise("a", ExpectedVersion.NoStream)));
        (await database.DataSource.AskAsync<long>($"select fence from {schema}.event_store_sequencer")).ShouldBe(fence + 2);
    }

    [Fact]
    public async Task Two_sequencers_at_once_number_every_event_once()
    {
        await using PostgresEventStore store = await Stores.StartAsync(database, options => options.Sequences = false);
        string schema = store.Options.Schema;
        using var stop = new CancellationTokenSource();
        // Both use the same fence, as if fencing did not exist: the row lock and the taking away must suffice.
        Task[] sequencers = [.. Enumerable.Range(0, 2).Select(_ => Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                await database.DataSource.RunAsync($"select * from {schema}.event_store_number(0, '0')");
            }
        }))];
        AppendReceipt[] receipts = await Task.WhenAll(Enumerable.Range(0, 500).Select(i => store.AppendAsync(Counters.Raise($"s{i % 50}", ExpectedVersion.Any))));
        await store.PositionOfAsync(receipts.MaxBy(receipt => receipt.LastSequence)!);
        await stop.CancelAsync();
        await Task.WhenAll(sequencers);
        await database.DataSource.RunAsync($"select * from {schema}.event_store_number(0, '0')");
        (await FeedAudit.ViolationsAsync(database.DataSource, schema)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_stream_with_a_hole_stops_the_numbering_loudly_until_it_is_mended()
    {
        await using PostgresEventStore store = await Stores.StartAsync(database);
        await store.PositionOfAsync(await store.AppendAsync(Counters.Raise("a", ExpectedVersion.NoStream)));
        await using var broken = new Interleaving(database.DataSource, store.Options.Schema);
        await broken.InsertAsync("careless", "a", 3);
        await broken.CommitAsync("careless");

        var health = new EventStoreHealthCheck(store, new SubscriptionStates(), TimeProvider.System);
        HealthCheckResult result = default;
        await Eventually.HoldsAsync(
            async () => (result = await health.CheckHealthAsync(new HealthCheckContext())).Status == HealthStatus.Unhealthy, "health is unhealthy");
        result.Description.ShouldBe("Numbering has stopped: The versions of a stream are not contiguous: a version 3 has no predecessor.");
        (await store.HeadAsync()).ShouldBe(1);

        await broken.InsertAsync("mender", "a", 2);
        await broken.CommitAsync("mender");
        await Eventually.HoldsAsync(async () => await store.HeadAsync() == 3, "numbering goes on");
        (await FeedAudit.ViolationsAsync(database.DataSource, store.Options.Schema)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Transaction_numbers_that_restart_do_not_matter()
    {
        // A dump restored in a new cluster brings rows whose transaction numbers lie far ahead of the cluster's own.
        await using PostgresEventStore store = await Stores.StartAsync(database, options => options.Sequences = false);
        string schema = store.Options.Schema;
        await store.AppendAsync(Counters.Raise("a", ExpectedVersion.NoStream));
        await database.DataSource.RunAsync($"update {schema}.event_store_unnumbered set transaction = '900000000000'");
        await using PostgresEventStore restored = await Stores.StartAsync(database.DataSource, schema);
        AppendReceipt last = await restored.AppendAsync(Counters.Raise("a", ExpectedVersion.Exactly(1)));
        (await restored.PositionOfAsync(last)).ShouldBe(2);
        (await FeedAudit.ViolationsAsync(database.DataSource, schema)).ShouldBeEmpty();
    }
}
