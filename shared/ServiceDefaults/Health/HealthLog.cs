using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;

namespace AccessGov.ServiceDefaults;

/// <summary>
/// Tells of a health check when its status is another than at the poll before, and not at every poll. Until a check was healthy for the first time the
/// service starts, which is no warning; a check that throws always is one.
/// </summary>
internal sealed class HealthLog(ILogger<HealthLog> log)
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, (HealthStatus Status, bool WasHealthy)> last = new(StringComparer.Ordinal);

    /// <summary>Compares a report with the one before.</summary>
    public void Seen(HealthReport report)
    {
        lock (gate)
        {
            foreach ((string name, HealthReportEntry entry) in report.Entries)
            {
                (HealthStatus Status, bool WasHealthy) before = last.GetValueOrDefault(name, (HealthStatus.Healthy, false));
                bool healthy = entry.Status == HealthStatus.Healthy;
                last[name] = (entry.Status, before.WasHealthy || healthy);
                if (before.Status == entry.Status)
                {
                    continue;
                }

                LogLevel level = !healthy && (before.WasHealthy || entry.Exception is not null) ? LogLevel.Warning : LogLevel.Information;
                log.Log(level, entry.Exception, "Health check {Check} is {Status}: {Description}", name, entry.Status, entry.Description);
            }
        }
    }
}
