using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace AccessGov.Audit.Witnesses;

/// <summary>How one witness is doing, as the process knows that leads.</summary>
/// <param name="Size">How many leaves it has cosigned.</param>
/// <param name="CosignedAt">When it did so last.</param>
/// <param name="Failure">Why it gives none at the moment: the code of <see cref="WitnessException"/>.</param>
internal sealed record WitnessReport(long? Size = null, DateTimeOffset? CosignedAt = null, string? Failure = null);

/// <summary>How the witnesses are doing. Thread-safe.</summary>
internal sealed class WitnessStates(IOptions<WitnessesOptions> options) : IHealthCheck
{
    private readonly Dictionary<string, WitnessReport> reports = options.Value.Witnesses.Keys.ToDictionary(
        name => name, _ => new WitnessReport(), StringComparer.Ordinal);

    public WitnessReport Of(string name)
    {
        lock (reports)
        {
            return reports[name];
        }
    }

    public void Cosigned(string name, long size, DateTimeOffset now) => Change(name, _ => new WitnessReport(size, now));

    public void Failed(string name, string failure) => Change(name, was => was with { Failure = failure });

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        lock (reports)
        {
            Dictionary<string, object> data = reports.ToDictionary(
                report => report.Key, object (report) => report.Value, StringComparer.Ordinal);
            return Task.FromResult(
                reports.Values.Any(report => report.Failure == "contradicted")
                    ? HealthCheckResult.Degraded(
                        "A witness has cosigned another trail than this one: one of the two was changed, or put back.", data: data)
                : reports.Values.Any(report => report.Failure is not null)
                    ? HealthCheckResult.Degraded("A witness does not cosign at the moment; the log says why.", data: data)
                : HealthCheckResult.Healthy(data: data));
        }
    }

    private void Change(string name, Func<WitnessReport, WitnessReport> change)
    {
        lock (reports)
        {
            reports[name] = change(reports[name]);
        }
    }
}
