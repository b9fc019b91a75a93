using AccessGov.EventSourcing;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Npgsql;

namespace AccessGov.TrailFeed;

/// <summary>
/// Health check <c>audit-feed</c>: <c>subscribed</c> (whether anybody takes what is told), <c>lag</c> (events that have not been told
/// yet), <c>recounted</c> (when the stores were last recounted by this process) and <c>recount_failure</c>. Degraded while the recount
/// fails; that nobody subscribes is said, and events wait.
/// </summary>
internal sealed class AuditFeedHealthCheck(AuditTrail trail, StoreRecount recount, IEventStore store) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var data = new Dictionary<string, object>(StringComparer.Ordinal) { ["subscribed"] = trail.Wanted };
        if (recount.LastAt is { } at)
        {
            data["recounted"] = at.ToString("O");
        }

        if (recount.Failure is { } failure)
        {
            data["recount_failure"] = failure;
        }

        try
        {
            data["lag"] = Math.Max(0, await store.HeadAsync(cancellationToken) - await store.ReachedAsync(trail.Name, cancellationToken));
        }
        catch (NpgsqlException e)
        {
            return new HealthCheckResult(context.Registration.FailureStatus, "How far the audit trail has been told cannot be read.", e,
                data);
        }

        return recount.Failure is not null ? HealthCheckResult.Degraded("The stores cannot be recounted for the audit trail.", null, data)
            : HealthCheckResult.Healthy(trail.Wanted ? null : "Nobody subscribes to the audit trail's messages; they wait in the store.",
                data);
    }
}
