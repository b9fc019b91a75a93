using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace AccessGov.Console.PolicyDecision;

/// <summary>Degraded while PolicyDecision is away: the console still answers, with pages that say so.</summary>
internal sealed class PolicyDecisionCheck(HttpClient http) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        (await http.AskAsync<Done>("health/live", cancellationToken)).Given
            ? HealthCheckResult.Healthy("PolicyDecision answers.")
            : HealthCheckResult.Degraded("PolicyDecision cannot be reached.");
}
