using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace AccessGov.IdentityFederation.Directories;

/// <summary>Degraded while a directory cannot be read or holds deactivations: people sign in and are decided about all the same.</summary>
internal sealed class DirectoriesHealth(IOptions<DirectoriesOptions> options, DirectoryProgress progress) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        if (options.Value.Count == 0)
        {
            return HealthCheckResult.Healthy("No directory is configured.");
        }

        IReadOnlyDictionary<string, DirectoryState> states = await progress.ReadAsync(cancellationToken);
        Dictionary<string, object> health = options.Value.Keys.ToDictionary(
            name => name, object (name) => DirectoryList.HealthOf(states.GetValueOrDefault(name, DirectoryState.New)), StringComparer.Ordinal);
        return health.Values.All(state => state is "healthy" or "new")
            ? HealthCheckResult.Healthy(null, health)
            : HealthCheckResult.Degraded("A directory cannot be read, or waits for somebody: GET /directories says why.", null, health);
    }
}
