using System.Globalization;
using AccessGov.EventSourcing.Subscriptions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Npgsql;

namespace AccessGov.EventSourcing;

/// <summary>
/// Health of the event store. Data: <c>head</c> (last position), <c>unnumbered</c> (committed events without a position), <c>oldest_unnumbered_seconds</c>,
/// <c>oldest_open_transaction_seconds</c> (how long the oldest writing transaction of the server has been seen open), <c>waiting_appends</c>, <c>sequencer</c>
/// (<c>leads</c>, <c>stands_by</c> or why it stopped), and for each subscription <c>subscription.NAME.lag</c> (events) and, if it fails, <c>subscription.NAME.failure</c>.
/// Degraded over the thresholds of <see cref="EventStoreOptions"/> or when a subscription fails; unhealthy when the store could not start yet, when numbering has stopped or when the database is away.
/// Thread-safe.
/// </summary>
internal sealed class EventStoreHealthCheck(PostgresEventStore store, SubscriptionStates subscriptions, TimeProvider time) : IHealthCheck
{
    private readonly Lock gate = new();
    private ulong horizon;
    private long horizonSince;

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var data = new Dictionary<string, object>(StringComparer.Ordinal) { ["waiting_appends"] = store.WaitingAppends };
        if (store.State.NotStarted is { } reason)
        {
            return HealthCheckResult.Unhealthy(reason, null, data);
        }

        try
        {
            await using NpgsqlConnection connection = await store.DataSource.OpenConnectionAsync(cancellationToken);
            Figures figures = await ReadAsync(connection, cancellationToken);
            TimeSpan open = OldestOpenTransaction(figures);
            data["head"] = figures.Head;
            data["unnumbered"] = figures.Unnumbered;
            data["oldest_unnumbered_seconds"] = Math.Round(figures.OldestUnnumberedSeconds, 3);
            data["oldest_open_transaction_seconds"] = Math.Round(open.TotalSeconds, 3);
            data["sequencer"] = store.State.Stopped ?? (store.State.Leads ? "leads" : "stands_by");
            List<string> degraded = await SubscriptionsAsync(connection, figures, data, cancellationToken);
            if (figures.OldestUnnumberedSeconds > store.Options.DegradedAfter.TotalSeconds)
            {
                degraded.Add($"{figures.Unnumbered.ToString(CultureInfo.InvariantCulture)} events wait for their position");
            }

            if (open > store.Options.OpenTransactionMax)
            {
                degraded.Add($"a transaction has been open for {open.TotalSeconds.ToString("F0", CultureInfo.InvariantCulture)} s; what it appended is not visible yet");
            }

            if (store.WaitingAppends > store.Options.WaitingAppendsMax / 2)
            {
                degraded.Add("more than half of the appends that may wait do");
            }

            return store.State.Stopped is { } why ? HealthCheckResult.Unhealthy($"Numbering has stopped: {why}", null, data)
                : degraded.Count > 0 ? HealthCheckResult.Degraded(string.Join("; ", degraded), null, data)
                : HealthCheckResult.Healthy(null, data);
        }
        catch (NpgsqlException e)
        {
            return new HealthCheckResult(context.Registration.FailureStatus, "The event store's database does not answer.", e, data);
        }
    }

    private async Task<Figures> ReadAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        string schema = store.Options.Schema;
        await using var command = new NpgsqlCommand(
            $"""
            select (select coalesce(max(position), 0) from {schema}.event_store_feed), u.count,
                   coalesce(extract(epoch from clock_timestamp() - u.oldest), 0)::float8,
                   pg_snapshot_xmin(pg_current_snapshot()), pg_snapshot_xmax(pg_current_snapshot())
            from (select count(*) as count, min(noted) as oldest from {schema}.event_store_unnumbered) u
            """, connection);
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancellation);
        await reader.ReadAsync(cancellation);
        return new Figures(
            reader.GetInt64(0), reader.GetInt64(1), reader.GetDouble(2), reader.GetFieldValue<ulong>(3), reader.GetFieldValue<ulong>(4));
    }

    /// <summary>
    /// A role without special rights does not see when others' transactions began. It does see the oldest one that is open: as long as that
    /// does not change, one transaction has been open at least since the first look.
    /// </summary>
    private TimeSpan OldestOpenTransaction(Figures figures)
    {
        lock (gate)
        {
            if (figures.Horizon != horizon || horizonSince == 0)
            {
                (horizon, horizonSince) = (figures.Horizon, time.GetTimestamp());
            }

            return figures.Horizon == figures.NextTransaction ? TimeSpan.Zero : time.GetElapsedTime(horizonSince);
        }
    }

    private async Task<List<string>> SubscriptionsAsync(
        NpgsqlConnection connection, Figures figures, Dictionary<string, object> data, CancellationToken cancellation)
    {
        var degraded = new List<string>();
        var progress = new SubscriptionProgress(store.Options.Schema);
        foreach (string name in subscriptions.Names)
        {
            long lag = Math.Max(0, figures.Head - await progress.ReadAsync(connection, name, cancellation));
            data[$"subscription.{name}.lag"] = lag;
            if (subscriptions.FailureOf(name) is { } failure)
            {
                data[$"subscription.{name}.failure"] = failure;
                degraded.Add($"subscription {name} fails");
            }
        }

        return degraded;
    }

    private sealed record Figures(long Head, long Unnumbered, double OldestUnnumberedSeconds, ulong Horizon, ulong NextTransaction);
}
