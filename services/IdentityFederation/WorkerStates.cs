using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Npgsql;

namespace AccessGov.IdentityFederation;

/// <summary>
/// What the work that nobody asks for is doing, for health: what fails is tried again for ever, and must not look healthy meanwhile. Why is
/// told in a code; the log has the rest. Thread-safe.
/// </summary>
internal sealed class WorkerStates : IHealthCheck
{
    private readonly ConcurrentDictionary<string, string> failing = new(StringComparer.Ordinal);

    public void Works(string worker) => failing.TryRemove(worker, out _);

    public void Fails(string worker, Exception failure) => failing[worker] = CodeOf(failure);

    /// <summary>Why it fails; null when it does not.</summary>
    public string? FailureOf(string worker) => failing.GetValueOrDefault(worker);

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        KeyValuePair<string, string>[] now = [.. failing.OrderBy(pair => pair.Key, StringComparer.Ordinal)];
        return Task.FromResult(now.Length == 0
            ? HealthCheckResult.Healthy()
            : HealthCheckResult.Degraded(
                "Work that nobody asks for fails, and is tried again until it does not.", null,
                now.ToDictionary(pair => pair.Key, object (pair) => pair.Value, StringComparer.Ordinal)));
    }

    /// <summary>store_unreachable and store_refused may pass; event_not_understood stays until somebody looks at the stream.</summary>
    public static string CodeOf(Exception failure) => failure switch
    {
        PostgresException { IsTransient: false } => "store_refused",
        NpgsqlException or TimeoutException => "store_unreachable",
        InvalidOperationException or JsonException or FormatException => "event_not_understood",
        _ => "failed",
    };
}
