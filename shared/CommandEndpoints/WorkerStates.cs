using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Npgsql;

namespace AccessGov.CommandEndpoints;

/// <summary>
/// What the work that nobody asks for is doing, for health: what fails is tried again for ever, and must not look healthy meanwhile. Why is
/// told in a code; the log has the rest. What works is named too, with how long ago it last did: what hangs never fails. Thread-safe.
/// </summary>
/// <param name="clock">Measures how long ago something worked.</param>
public sealed class WorkerStates(TimeProvider clock) : IHealthCheck
{
    /// <summary>The word for what does not fail.</summary>
    public const string Working = "works";

    private readonly ConcurrentDictionary<string, State> workers = new(StringComparer.Ordinal);

    /// <summary>A step of a worker did not fail.</summary>
    public void Works(string worker) => workers[worker] = new State(null, clock.GetTimestamp());

    /// <summary>A step of a worker failed.</summary>
    public void Fails(string worker, Exception failure)
    {
        string code = CodeOf(failure);
        workers.AddOrUpdate(worker, _ => new State(code, null), (_, before) => before with { Failure = code });
    }

    /// <summary>Why it fails; null when it does not.</summary>
    public string? FailureOf(string worker) => workers.GetValueOrDefault(worker)?.Failure;

    /// <inheritdoc/>
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var data = new Dictionary<string, object>(StringComparer.Ordinal);
        foreach ((string worker, State state) in workers.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            data[worker] = state.Failure ?? Working;
            if (state.WorkedAt is { } worked)
            {
                data[$"{worker}.worked_seconds_ago"] = Math.Round(clock.GetElapsedTime(worked).TotalSeconds, 3);
            }
        }

        return Task.FromResult(workers.Values.All(state => state.Failure is null)
            ? HealthCheckResult.Healthy(null, data)
            : HealthCheckResult.Degraded("Work that nobody asks for fails, and is tried again until it does not.", null, data));
    }

    /// <summary>store_unreachable and store_refused may pass; event_not_understood stays until somebody looks at the stream.</summary>
    public static string CodeOf(Exception failure) => failure switch
    {
        PostgresException { IsTransient: false } => "store_refused",
        NpgsqlException or TimeoutException => "store_unreachable",
        InvalidOperationException or JsonException or FormatException => "event_not_understood",
        _ => "failed",
    };

    /// <param name="Failure">Why it fails; null when it does not.</param>
    /// <param name="WorkedAt">The timestamp of its last step that did not fail; null before the first.</param>
    private sealed record State(string? Failure, long? WorkedAt);
}
