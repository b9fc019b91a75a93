using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using AccessGov.EventSourcing;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace AccessGov.PolicyDecision.Evaluation;

/// <summary>
/// Makes it noticed that policies err while deciding: counted in a metric, told in the log when a policy's denials begin and end, and shown by the health check
/// "policies" (degraded, with ids and counts) until none was denied by that policy's error for a while. Thread-safe; decisions without an error never come here.
/// </summary>
internal sealed class PolicyErrors(TimeProvider clock, ILogger<PolicyErrors> log) : IHealthCheck, IDisposable
{
    public const string MeterName = "AccessGov.PolicyDecision.Evaluation";

    /// <summary>How long health remembers the last one.</summary>
    public static readonly TimeSpan Remembered = TimeSpan.FromMinutes(5);

    // A set has some hundreds of policies; ids of sets that were replaced go when they are forgotten.
    private const int PoliciesMax = 1_000;

    private static readonly Meter Meter = new(MeterName);
    private static readonly Counter<long> Erred = Meter.CreateCounter<long>(
        "accessgov.policy.errors", "{evaluation}", "Evaluations of a policy that had an error; denied tells whether the decision was a denial because of it.");

    private readonly FailureLog failures = new(clock, log);
    private readonly ConcurrentDictionary<string, Errors> denials = new(StringComparer.Ordinal);

    /// <summary>Counts what erred in one decision.</summary>
    public void Note(Verdict verdict)
    {
        bool denied = verdict.Reason == Reasons.PolicyError;
        foreach (string policy in verdict.Errors)
        {
            bool because = denied && verdict.Policies.Contains(policy, StringComparer.Ordinal);
            Erred.Add(1, new KeyValuePair<string, object?>("policy", policy), new KeyValuePair<string, object?>("denied", because));
            if (because && (denials.Count < PoliciesMax || denials.ContainsKey(policy)))
            {
                denials.GetOrAdd(policy, static _ => new Errors()).Add(clock.GetTimestamp());
                failures.Failed($"Policy {policy} cannot be evaluated", "what it may forbid is denied (policy_error)");
            }
        }
    }

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        foreach ((string policy, Errors errors) in denials)
        {
            if (clock.GetElapsedTime(errors.LastTimestamp) >= Remembered)
            {
                denials.TryRemove(policy, out _);
            }
        }

        var counts = denials.OrderBy(pair => pair.Key, StringComparer.Ordinal).ToDictionary(pair => pair.Key, pair => pair.Value.Count, StringComparer.Ordinal);
        var data = new Dictionary<string, object>(StringComparer.Ordinal) { ["policy_errors"] = counts };
        return Task.FromResult(counts.Count == 0
            ? HealthCheckResult.Healthy("Every policy could be evaluated.", data)
            : HealthCheckResult.Degraded($"Policies cannot be evaluated, and what they may forbid is denied: {string.Join(", ", counts.Keys)}.", data: data));
    }

    public void Dispose() => failures.Dispose();

    private sealed class Errors
    {
        private long count;
        private long last;

        public long Count => Interlocked.Read(ref count);

        public long LastTimestamp => Interlocked.Read(ref last);

        public void Add(long timestamp)
        {
            Interlocked.Exchange(ref last, timestamp);
            Interlocked.Increment(ref count);
        }
    }
}
