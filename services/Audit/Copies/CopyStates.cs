using AccessGov.Audit.Trail;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace AccessGov.Audit.Copies;

/// <summary>How one copy is doing, as the process knows that leads.</summary>
/// <param name="Size">How many leaves it has.</param>
/// <param name="CopiedAt">When it had everything last.</param>
/// <param name="Failure">
/// Why it gets nothing at the moment: <c>copy_differs</c>, <c>copy_missing</c>, <c>trail_unreadable</c> (the trail's own files cannot be
/// read, or are not what was signed), <c>unavailable</c>.
/// </param>
internal sealed record CopyReport(long? Size = null, DateTimeOffset? CopiedAt = null, string? Failure = null)
{
    /// <summary>How many leaves are published that it does not have.</summary>
    public long? Lag { get; init; }
}

/// <summary>How the copies are doing. Thread-safe.</summary>
internal sealed class CopyStates(IOptions<CopiesOptions> options, TrailState trail) : IHealthCheck
{
    private readonly Dictionary<string, CopyReport> reports = options.Value.Copies.Keys.ToDictionary(
        name => name, _ => new CopyReport(), StringComparer.Ordinal);

    public void Copied(string name, long size, DateTimeOffset now) => Change(name, _ => new CopyReport(size, now));

    public void Reached(string name, long size) => Change(name, was => was with { Size = size });

    public void Failed(string name, string failure) => Change(name, was => was with { Failure = failure });

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        lock (reports)
        {
            Dictionary<string, object> data = reports.ToDictionary(
                report => report.Key,
                object (report) => report.Value with { Lag = report.Value.Size is { } size ? Math.Max(0, trail.Newest.Size - size) : null },
                StringComparer.Ordinal);
            return Task.FromResult(
                reports.Values.Any(report => report.Failure == "copy_differs")
                    ? HealthCheckResult.Degraded("A copy holds other bytes than the trail: one of the two was changed.", data: data)
                : reports.Values.Any(report => report.Failure == "trail_unreadable")
                    ? HealthCheckResult.Degraded(
                        "Files of the trail cannot be read, or are not what was signed, and are not copied; the log says which.",
                        data: data)
                : reports.Values.Any(report => report.Failure is not null)
                    ? HealthCheckResult.Degraded("A copy does not grow at the moment; the log says why.", data: data)
                : HealthCheckResult.Healthy(data: data));
        }
    }

    private void Change(string name, Func<CopyReport, CopyReport> change)
    {
        lock (reports)
        {
            reports[name] = change(reports[name]);
        }
    }
}
