using Microsoft.Extensions.Diagnostics.HealthChecks;
using Npgsql;

namespace AccessGov.Audit.Trail;

/// <summary>Whether events get their places, how many wait and for how long, and until when everything is provable.</summary>
internal sealed class TrailHealth(TrailDatabase database, TrailState state, TrailReader reader, TimeProvider clock) : IHealthCheck
{
    private static readonly TimeSpan DegradedWhenWaiting = TimeSpan.FromSeconds(10);

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        await using NpgsqlCommand read = database.Seal.CreateCommand("select count(*), min(received_at) from trail.intake");
        await using NpgsqlDataReader row = await read.ExecuteReaderAsync(cancellationToken);
        await row.ReadAsync(cancellationToken);
        TimeSpan oldest = row.IsDBNull(1) ? TimeSpan.Zero : clock.GetUtcNow() - row.GetFieldValue<DateTimeOffset>(1);
        var data = new Dictionary<string, object>(StringComparer.Ordinal)
        {
            ["leads"] = state.Leads,
            ["size"] = state.Newest.Size,
            ["provableUntil"] = state.Newest.ReceivedAt,
            ["waitingBatches"] = row.GetInt64(0),
            ["oldestWaitingSeconds"] = Math.Max(0, oldest.TotalSeconds),
        };
        if (reader.Changed() is { } changed)
        {
            data["changedLeaf"] = changed;
        }

        return state switch
        {
            { Damaged: true } => HealthCheckResult.Unhealthy(
                "The trail is not what was committed, and nothing is added; the log says what differs.", data: data),
            { ClockAhead: { } ahead } => HealthCheckResult.Degraded(
                $"Events wait: this machine's clock and the database's are {ahead.Duration().TotalSeconds:0} seconds apart.", data: data),
            { Failure: not null } => HealthCheckResult.Degraded(
                "Events do not get their places at the moment; the log says why.", data: data),
            _ when data.ContainsKey("changedLeaf") => HealthCheckResult.Degraded(
                "A file of the trail is not what was signed, and what it says is not served: accessgov audit verify says more.",
                data: data),
            _ when oldest > DegradedWhenWaiting => HealthCheckResult.Degraded("Events wait long for their place in the trail.", data: data),
            _ => HealthCheckResult.Healthy(data: data),
        };
    }
}
