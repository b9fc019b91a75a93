using AccessGov.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Npgsql;

namespace AccessGov.EventSourcing.Tests;

public sealed class HostingTests(PostgresFixture database) : IClassFixture<PostgresFixture>
{
    private static string Schema { get; set; } = "";

    [Fact]
    public async Task A_host_runs_the_store_its_subscriptions_and_its_health_check()
    {
        using IHost host = await StartAsync<Totals>();
        IEventStore store = host.Services.GetRequiredService<IEventStore>();
        for (int i = 0; i < 10; i++)
        {
            await store.AppendAsync(Counters.Raise($"s{i % 3}", ExpectedVersion.Any, i));
        }

        await Eventually.HoldsAsync(async () => await database.DataSource.AskAsync<long>($"select total from {Schema}.totals") == 45, "the read model is up to date");
        HealthReport report = await host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync();
        IReadOnlyDictionary<string, object> data = report.Entries["event-store"].Data;
        report.Status.ShouldBe(HealthStatus.Healthy);
        data["head"].ShouldBe(10L);
        data["unnumbered"].ShouldBe(0L);
        data["waiting_appends"].ShouldBe(0);
        data["sequencer"].ShouldBe("leads");
        data["subscription.Totals.lag"].ShouldBe(0L);
        (await database.DataSource.AskAsync<long>($"select last_seq_id from {Schema}.mt_event_progression where name = 'Totals:All'")).ShouldBe(10);
        await host.StopAsync();
    }

    [Fact]
    public async Task A_subscription_that_fails_shows_in_health_and_goes_on_when_it_can()
    {
        using IHost host = await StartAsync<Totals>();
        await database.DataSource.RunAsync($"alter table {Schema}.totals rename to away");
        await host.Services.GetRequiredService<IEventStore>().AppendAsync(Counters.Raise("s", ExpectedVersion.NoStream, 5));
        HealthCheckService health = host.Services.GetRequiredService<HealthCheckService>();
        HealthReportEntry entry = default;
        await Eventually.HoldsAsync(
            async () => (entry = (await health.CheckHealthAsync()).Entries["event-store"]).Data.ContainsKey("subscription.Totals.failure"), "the failure shows");
        entry.Status.ShouldBe(HealthStatus.Degraded);
        entry.Data["subscription.Totals.lag"].ShouldBe(1L);
        ((string)entry.Data["subscription.Totals.failure"]).ShouldContain("totals");
        await database.DataSource.RunAsync($"alter table {Schema}.away rename to totals");
        await Eventually.HoldsAsync(async () => (await health.CheckHealthAsync()).Status == HealthStatus.Healthy, "health recovers", 2 * Eventually.Bound);
        (await database.DataSource.AskAsync<long>($"select total from {Schema}.totals")).ShouldBe(5);
        await host.StopAsync();
    }

    [Fact]
    public async Task A_read_model_is_rebuilt_beside_the_live_one_and_swapped_without_missing_an_event()
    {
        using IHost host = await StartAsync<Totals>();
        PostgresEventStore store = host.Services.GetRequiredService<PostgresEventStore>();
        await Task.WhenAll(Enumerable.Range(0, 300).Select(i => store.AppendAsync(Counters.Raise($"s{i % 9}", ExpectedVersion.Any))));
        await Eventually.HoldsAsync(async () => await database.DataSource.AskAsync<long>($"select total from {Schema}.totals") == 300, "live is up to date");
        await database.DataSource.RunAsync($"update {Schema}.totals set total = -1000");
        await database.DataSource.RunAsync($"create table {Schema}.totals_rebuilt as select 0::bigint as total");

        using var stop = new CancellationTokenSource();
        Task<int> appending = Task.Run(async () =>
        {
            int appended = 0;
            for (; !stop.IsCancellationRequested; appended++)
            {
                await store.AppendAsync(Counters.Raise("while-rebuilding", ExpectedVersion.Any));
            }

            return appended;
        });
        await SubscriptionRebuild.RunAsync(store, "Totals", new Totals("TotalsRebuilt", "totals_rebuilt"), new Dictionary<string, string> { ["totals"] = "totals_rebuilt" });
        await stop.CancelAsync();
        int during = await appending;
        await Eventually.HoldsAsync(
            async () => await database.DataSource.AskAsync<long>($"select total from {Schema}.totals") == 300 + during, "the live subscription goes on with the new table");
        (await database.DataSource.AskAsync<long>($"select count(*) from {Schema}.mt_event_progression")).ShouldBe(1);
        (await store.ReachedAsync("Totals")).ShouldBe(300 + during);
        (await store.ReachedAsync("TotalsRebuilt")).ShouldBe(0, "what never ran has reached nothing");
        await host.StopAsync();
    }

    [Fact]
    public async Task Appends_that_wait_are_written_when_the_host_stops()
    {
        using IHost host = await StartAsync<Totals>();
        IEventStore store = host.Services.GetRequiredService<IEventStore>();
        Task<AppendReceipt>[] appends = [.. Enumerable.Range(0, 200).Select(i => store.AppendAsync(Counters.Raise($"s{i}", ExpectedVersion.NoStream)))];
        await host.StopAsync();
        await ((IAsyncDisposable)host).DisposeAsync();
        await Task.WhenAll(appends);
        (await database.DataSource.AskAsync<long>($"select count(*) from {Schema}.mt_events")).ShouldBe(200);
        await Should.ThrowAsync<StoreUnavailableException>(() => store.AppendAsync(Counters.Raise("late", ExpectedVersion.NoStream)));
    }

    private async Task<IHost> StartAsync<T>()
        where T : class, ISubscription
    {
        Schema = Stores.NewSchema();
        await database.DataSource.RunAsync($"create schema {Schema}; create table {Schema}.totals as select 0::bigint as total");
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddSingleton(database.DataSource);
        builder.Services.AddLogging();
        builder.Services.AddEventStore(options => (options.Schema, options.Types) = (Schema, EventTypes.From(typeof(CounterRaised).Assembly)));
        builder.Services.AddSubscription<T>();
        IHost host = builder.Build();
        await host.StartAsync();
        return host;
    }

    public sealed class Totals(string name, string table) : ISubscription
    {
        public Totals()
            : this("Totals", "totals")
        {
        }

        public string Name => name;

        public async Task HandleAsync(IReadOnlyList<StoredEvent> batch, NpgsqlTransaction transaction, CancellationToken cancellation)
        {
            await using var add = new NpgsqlCommand(
                $"update {Schema}.{table} set total = total + {batch.Sum(stored => ((CounterRaised)stored.Data).By)}", transaction.Connection, transaction);
            await add.ExecuteNonQueryAsync(cancellation);
        }
    }
}
