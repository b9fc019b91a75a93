using AccessGov.EventSourcing.Subscriptions;
using AccessGov.Testing;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Npgsql;

namespace AccessGov.EventSourcing.Tests.Guarantees;

/// <summary>Guarantee 5: a long transaction elsewhere may delay subscriptions, never lose or reorder; health shows it.</summary>
public sealed class LongTransactionTests(PostgresFixture database) : IClassFixture<PostgresFixture>
{
    [Fact]
    public async Task A_heldopen_transaction_delays_at_most_its_own_events_and_shows_in_health() =>
        (await ViolationsAsync(BrokenStores.Healthy)).ShouldBeEmpty();

    [Theory]
    [InlineData(BrokenStores.SequenceWithoutHorizon, "101 of 102 events have a position")]
    [InlineData(BrokenStores.TransactionThenSequence, "the others wait for the long transaction and health does not say so")]
    public async Task A_store_that_loses_or_hides_it_is_found(string variant, string violation) => (await ViolationsAsync(variant)).ShouldContain(violation);

    private async Task<List<string>> ViolationsAsync(string variant)
    {
        string schema = Stores.NewSchema();
        await using (NpgsqlConnection connection = await database.DataSource.OpenConnectionAsync())
        {
            await EventStoreSchema.CreateAsync(connection, schema);
        }

        await database.DataSource.RunAsync(BrokenStores.Sql(variant, schema));
        await using PostgresEventStore store = await Stores.StartAsync(
            database.DataSource, schema, options => options.OpenTransactionMax = TimeSpan.FromMilliseconds(200));
        await Eventually.HoldsAsync(() => store.State.Leads, "it leads");
        var violations = new List<string>();
        var health = new EventStoreHealthCheck(store, new SubscriptionStates(), TimeProvider.System);
        await health.CheckHealthAsync(new HealthCheckContext());
        await using (var held = new Interleaving(database.DataSource, schema))
        {
            await held.InsertAsync("long", "held", 1);
            for (int i = 0; i < 100; i++)
            {
                await store.AppendAsync(Counters.Raise($"s{i % 10}", ExpectedVersion.Any));
            }

            HealthCheckResult result = default;
            await Eventually.HoldsAsync(
                async () => (double)(result = await health.CheckHealthAsync(new HealthCheckContext())).Data["oldest_open_transaction_seconds"] > 0.2,
                "the transaction has been open for long");
            result.Status.ShouldBe(HealthStatus.Degraded);

            // A round of the sequencer after the last append, whenever its own ones are.
            await database.DataSource.RunAsync($"select * from {schema}.event_store_number((select fence from {schema}.event_store_sequencer), '0')");
            if (await store.HeadAsync() < 100)
            {
                violations.Add("the others wait for the long transaction and health does not say so");
            }

            await held.CommitAsync("long");
        }

        AppendReceipt last = await store.AppendAsync(Counters.Raise("after", ExpectedVersion.NoStream));
        await store.PositionOfAsync(last);
        long events = await database.DataSource.AskAsync<long>($"select count(*) from {schema}.mt_events");
        events.ShouldBe(102);
        violations.AddRange(await FeedAudit.ViolationsAsync(database.DataSource, schema));
        if (violations.Count == 0)
        {
            (await health.CheckHealthAsync(new HealthCheckContext())).Data["unnumbered"].ShouldBe(0L);
        }

        return violations;
    }
}
