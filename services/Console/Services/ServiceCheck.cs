using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace AccessGov.Console.Services;

/// <summary>Degraded while a service is away: the console still answers, with pages that say so.</summary>
internal sealed class ServiceCheck(IHttpClientFactory clients, AskedService service) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        using HttpClient http = clients.CreateClient(service.HealthClient);
        return (await http.AskAsync<Done>("health/live", cancellationToken)).Given
            ? HealthCheckResult.Healthy($"{service.Name} answers.")
            : HealthCheckResult.Degraded($"{service.Name} cannot be reached.");
    }
}
