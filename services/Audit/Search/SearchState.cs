using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace AccessGov.Audit.Search;

/// <summary>How far the trail is searchable, for health and for whoever waits. Thread-safe.</summary>
internal sealed class SearchState : IHealthCheck
{
    private const long DegradedWhenBehind = 100_000;
    private long size;
    private long published;
    private volatile string? failure;

    /// <summary>How many leaves are searchable.</summary>
    public long Size => Volatile.Read(ref size);

    /// <summary>How many leaves are published and not searchable yet.</summary>
    public long Lag => Math.Max(0, Volatile.Read(ref published) - Size);

    public void Searchable(long leaves, long ofPublished)
    {
        Volatile.Write(ref size, leaves);
        Volatile.Write(ref published, ofPublished);
        failure = null;
    }

    public void Failed(string why) => failure = why;

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var data = new Dictionary<string, object>(StringComparer.Ordinal) { ["size"] = Size, ["lag"] = Lag };
        return Task.FromResult(failure is not null
            ? HealthCheckResult.Degraded("The trail is not made searchable at the moment; the log says why.", data: data)
            : Lag > DegradedWhenBehind ? HealthCheckResult.Degraded("The search is far behind the trail.", data: data)
            : HealthCheckResult.Healthy(data: data));
    }
}
