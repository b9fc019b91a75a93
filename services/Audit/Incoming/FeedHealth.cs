using AccessGov.Audit.Trail;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Npgsql;

namespace AccessGov.Audit.Incoming;

/// <summary>
/// How far each service has told its events, and what did not fit. Degraded while a service has stopped telling, and for a week after a
/// finding: the trail keeps it for ever.
/// </summary>
internal sealed class FeedHealth(TrailDatabase database, TimeProvider clock) : IHealthCheck
{
    private static readonly TimeSpan ShownFor = TimeSpan.FromDays(7);

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var data = new Dictionary<string, object>(StringComparer.Ordinal);
        List<string> silent = [];
        await using (NpgsqlCommand feeds = database.Read.CreateCommand(
            "select service, through, told_at, silent_since from trail.feed where stream = 'events' order by service"))
        await using (NpgsqlDataReader rows = await feeds.ExecuteReaderAsync(cancellationToken))
        {
            while (await rows.ReadAsync(cancellationToken))
            {
                data[$"{rows.GetString(0)}.through"] = rows.GetInt64(1);
                data[$"{rows.GetString(0)}.toldAt"] = rows.GetFieldValue<DateTimeOffset>(2);
                silent.AddRange(rows.IsDBNull(3) ? [] : [rows.GetString(0)]);
            }
        }

        await using NpgsqlCommand findings = database.Read.CreateCommand(
            "select count(*), count(*) filter (where found_at > $1), max(found_at) from trail.feed_finding");
        findings.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = clock.GetUtcNow() - ShownFor });
        await using NpgsqlDataReader row = await findings.ExecuteReaderAsync(cancellationToken);
        await row.ReadAsync(cancellationToken);
        data["findings"] = row.GetInt64(0);
        if (!row.IsDBNull(2))
        {
            data["lastFinding"] = row.GetFieldValue<DateTimeOffset>(2);
        }

        return silent.Count > 0
                ? HealthCheckResult.Degraded($"These services have stopped telling: {string.Join(", ", silent)}.", data: data)
            : row.GetInt64(1) > 0
                ? HealthCheckResult.Degraded(
                    "What services told does not fit: see store.differs, message.spoofed and feed.silent in the trail.", data: data)
            : HealthCheckResult.Healthy(data: data);
    }
}
