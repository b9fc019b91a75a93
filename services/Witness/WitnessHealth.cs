using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace AccessGov.Witness;

/// <summary>How far each log was cosigned; unhealthy where what was kept cannot be read.</summary>
internal sealed class WitnessHealth(KnownLogs logs, CosignedCheckpoints cosigned) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var sizes = new Dictionary<string, object>(StringComparer.Ordinal);
        foreach (KnownLog log in logs.All)
        {
            try
            {
                sizes[log.Origin] = cosigned.Last(log)?.Checkpoint.Size ?? 0;
            }
            catch (Exception broken) when (broken is IOException or InvalidDataException or UnauthorizedAccessException)
            {
                return Task.FromResult(HealthCheckResult.Unhealthy($"What was cosigned of {log.Origin} cannot be read."));
            }
        }

        return Task.FromResult(HealthCheckResult.Healthy(data: sizes));
    }
}
