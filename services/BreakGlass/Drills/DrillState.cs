using System.Globalization;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace AccessGov.BreakGlass.Drills;

/// <summary>When somebody last practised and when somebody is to, for health. Thread-safe.</summary>
internal sealed class DrillState(TimeProvider clock) : IHealthCheck
{
    private Seen? seen;

    public void Known(DateTimeOffset? lastAt, DateTimeOffset dueAt) => Volatile.Write(ref seen, new Seen(lastAt, dueAt));

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        if (Volatile.Read(ref seen) is not { } known)
        {
            return Task.FromResult(HealthCheckResult.Healthy());
        }

        var data = new Dictionary<string, object>(StringComparer.Ordinal)
        {
            ["lastDrillAt"] = known.LastAt?.UtcDateTime.ToString("O", CultureInfo.InvariantCulture) ?? "never",
            ["drillDueAt"] = known.DueAt.UtcDateTime.ToString("O", CultureInfo.InvariantCulture),
        };
        return Task.FromResult(known.DueAt <= clock.GetUtcNow()
            ? HealthCheckResult.Degraded(
                "Nobody has practised emergency access for too long: take a practice case on a test patient.", null, data)
            : HealthCheckResult.Healthy(null, data));
    }

    private sealed record Seen(DateTimeOffset? LastAt, DateTimeOffset DueAt);
}
