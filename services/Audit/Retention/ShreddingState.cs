using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace AccessGov.Audit.Retention;

/// <summary>How many files of shredded fields this process could not remove when it last tried. Thread-safe.</summary>
internal sealed class ShreddingState : IHealthCheck
{
    private long left;

    public long Left
    {
        get => Interlocked.Read(ref left);
        set => Interlocked.Exchange(ref left, value);
    }

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        long files = Left;
        var data = new Dictionary<string, object>(StringComparer.Ordinal) { ["filesLeft"] = files };
        return Task.FromResult(files == 0 ? HealthCheckResult.Healthy(data: data) : HealthCheckResult.Degraded(
            "Files of shredded fields cannot be removed: where they are immutable, a person runs "
            + "deploy/seal-trail TRAIL --release-shredded LIST with what GET /shreddings/files answers.",
            data: data));
    }
}
