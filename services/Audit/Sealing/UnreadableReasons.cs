using AccessGov.Audit.Ingest;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace AccessGov.Audit.Sealing;

/// <summary>
/// Reasons in the database that cannot be read, because somebody changed them. Each is told once in a process. Thread-safe.
/// </summary>
internal sealed class UnreadableReasons(Intake intake, TimeProvider clock) : IHealthCheck
{
    private readonly HashSet<string> told = new(StringComparer.Ordinal);
    private volatile IReadOnlyList<string> newest = [];

    /// <summary>Is given all that there are now: <c>Type::id</c>. New ones are in the trail when it returns.</summary>
    public async Task AreAsync(IReadOnlyList<string> resources, CancellationToken cancellation)
    {
        newest = resources;
        string[] fresh;
        lock (told)
        {
            fresh = [.. resources.Where(resource => !told.Contains(resource))];
        }

        if (fresh.Length == 0)
        {
            return;
        }

        DateTimeOffset now = clock.GetUtcNow();
        await intake.AcceptAsync(Refusals.Service, [.. fresh.Select(resource => new AuditRecord
        {
            EventId = $"reason_unreadable {resource} {now.UtcTicks}", OccurredAt = now, Kind = "reason.unreadable",
            Action = AuditActions.SecurityAlert, Outcome = AuditOutcomes.Failure, Reason = "reason_unreadable", Resource = resource,
        })], cancellation);
        lock (told)
        {
            told.UnionWith(fresh);
        }
    }

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        IReadOnlyList<string> now = newest;
        var data = new Dictionary<string, object>(StringComparer.Ordinal) { ["unreadable"] = now.Count };
        return Task.FromResult(now.Count == 0 ? HealthCheckResult.Healthy(data: data) : HealthCheckResult.Degraded(
            "Reasons of holds or proposals in the database cannot be read: somebody changed them. The trail says which, and has them.",
            data: data));
    }
}
