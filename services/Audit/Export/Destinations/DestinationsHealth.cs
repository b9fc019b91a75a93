using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace AccessGov.Audit.Export.Destinations;

/// <summary>Degraded while a destination takes nothing: the trail goes on all the same, and so do the other destinations.</summary>
internal sealed class DestinationsHealth(DestinationStates states) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        IReadOnlyList<DestinationReport> reports = await states.ReadAsync(cancellationToken);
        if (reports.Count == 0)
        {
            return HealthCheckResult.Healthy("No destination is configured.");
        }

        Dictionary<string, object> health = reports.ToDictionary(
            report => report.Name, object (report) => report.Lag is { } lag ? $"{report.Status}, {lag} behind" : report.Status,
                StringComparer.Ordinal);
        return reports.All(report => report.Status is not "failing")
            ? HealthCheckResult.Healthy(null, health)
            : HealthCheckResult.Degraded("An export destination takes nothing: GET /export-destinations says why.", null, health);
    }
}
