using System.Collections.Concurrent;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace AccessGov.BreakGlass.Alerts;

/// <summary>How each channel fared last, and whether there is anybody to tell, for health. Thread-safe.</summary>
internal sealed class ChannelStates(IOptions<AlertsOptions> options) : IHealthCheck
{
    private readonly ConcurrentDictionary<string, string> last = new(StringComparer.Ordinal);

    /// <param name="channel">Which.</param>
    /// <param name="failure">Why it took nothing; null when it did.</param>
    public void Ended(string channel, string? failure) => last[channel] = failure ?? WorkerStates.Working;

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var data = last.OrderBy(pair => pair.Key, StringComparer.Ordinal)
            .ToDictionary(pair => pair.Key, object (pair) => pair.Value, StringComparer.Ordinal);
        string[] untold = [.. new[] { Alert.Security, Alert.Compliance }
            .Where(audience => !options.Value.Audiences.TryGetValue(audience, out IReadOnlyList<string>? names) || names.Count == 0)];
        return Task.FromResult(
            untold.Length > 0 ? HealthCheckResult.Degraded(
                $"{string.Join(" and ", untold)} are told by the console alone: name their channels.", null, data)
            : last.Values.Any(state => state != WorkerStates.Working)
                ? HealthCheckResult.Degraded("A channel took no alert the last time.", null, data)
            : HealthCheckResult.Healthy(null, data));
    }
}
