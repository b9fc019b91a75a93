using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace AccessGov.Audit.Ingest;

/// <summary>
/// What came to this process since it started that was not understood or not let in: figures for health and telemetry. Thread-safe.
/// </summary>
internal sealed class IngestState(IOptions<Syslog.SyslogOptions> syslog, TimeProvider clock) : IHealthCheck
{
    private static readonly Meter Meter = new("AccessGov.Audit.Ingest");
    private static readonly Counter<long> Events = Meter.CreateCounter<long>(
        "accessgov.audit.events", "{event}", "Events that were taken in.");
    private static readonly Counter<long> NotUnderstood =
        Meter.CreateCounter<long>("accessgov.audit.unparsed", "{event}", "What was taken in and not understood, by reason.");
    private static readonly Counter<long> Refused =
        Meter.CreateCounter<long>("accessgov.audit.syslog.refused", "{connection}", "Syslog connections whose sender was not let in.");
    private static readonly TimeSpan Recent = TimeSpan.FromHours(1);

    private readonly ConcurrentDictionary<string, long> unparsed = new(StringComparer.Ordinal);
    private long refused;
    private long lastUnparsed;

    /// <summary>Whether the syslog listener takes connections.</summary>
    public bool Listens { get; set; }

    public void CountRefused()
    {
        Interlocked.Increment(ref refused);
        Refused.Add(1);
    }

    /// <summary>Counts events that were taken in.</summary>
    public void Count(IReadOnlyList<AuditRecord> records)
    {
        Events.Add(records.Count);
        foreach (AuditRecord record in records.Where(record => record.Kind == Unparsed.Kind))
        {
            string reason = record.Reason ?? "unknown";
            unparsed.AddOrUpdate(reason, 1, static (_, count) => count + 1);
            NotUnderstood.Add(1, new KeyValuePair<string, object?>("reason", reason));
            Interlocked.Exchange(ref lastUnparsed, clock.GetUtcNow().UtcTicks);
        }
    }

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var figures = new Dictionary<string, object>(StringComparer.Ordinal)
        {
            ["unparsed"] = unparsed.Values.Sum(),
            ["unparsed_by_reason"] = unparsed.OrderBy(pair => pair.Key, StringComparer.Ordinal).ToDictionary(StringComparer.Ordinal),
            ["syslog_refused"] = Interlocked.Read(ref refused),
        };
        bool recently = Interlocked.Read(ref lastUnparsed) is > 0 and long last && clock.GetUtcNow().UtcTicks - last < Recent.Ticks;
        return Task.FromResult(
            syslog.Value.IsOn && !Listens ? HealthCheckResult.Degraded("The syslog listener does not take connections.", data: figures)
            : recently
                ? HealthCheckResult.Degraded("Within the last hour something was taken in that was not understood; it is kept as unparsed.",
                    data: figures)
            : HealthCheckResult.Healthy("What was taken in was understood.", figures));
    }
}
