using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace AccessGov.PolicyDecision.Journal;

/// <summary>Health check "journal": degraded while it spools or something was lost, unhealthy when it can accept nothing.</summary>
internal sealed class JournalHealth(DecisionJournal journal, DecisionJournalOptions options, AnchorKey anchors, TimeProvider time) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        JournalState state = journal.State;
        (long bytes, long records) = journal.Spool.Held;
        string? refusing = journal.Queue.Refusing;
        DateTimeOffset? landed = state.LastLanded;
        var data = new Dictionary<string, object>(StringComparer.Ordinal)
        {
            ["mode"] = options.Mode == JournalMode.Durable ? "durable" : "async",
            ["writer"] = journal.Writer,
            ["waitingRecords"] = journal.Queue.Waiting,
            ["spoolBytes"] = bytes,
            ["spoolRecords"] = records,
            ["spoolBytesMax"] = journal.Spool.BytesMax,
            ["lostRecords"] = journal.Queue.LostTotal,
            ["refusedRecords"] = journal.Queue.RefusedTotal,
            ["divergedBatches"] = state.DivergedBatches,
            ["indexLagBatches"] = state.IndexLag,
            ["auditLagBatches"] = state.FeedLag,
            ["anchors"] = !anchors.Signs ? "not configured" : state.AnchorFailure ?? "configured",
        };
        if (landed is { } last)
        {
            data["lastCommitAgeSeconds"] = Math.Round((time.GetUtcNow() - last).TotalSeconds, 3);
        }

        AddReason(data, "mergeFailure", state.MergeFailure);
        AddReason(data, "indexFailure", state.IndexFailure);
        AddReason(data, "auditFailure", state.FeedFailure);
        return Task.FromResult(refusing is not null || journal.Queue.IsClosed ? HealthCheckResult.Unhealthy($"Decisions cannot be remembered: {refusing ?? "the journal is closed."}", data: data)
            : journal.Spool.DamagedBytes > 0 ? HealthCheckResult.Unhealthy("The spool was damaged: acknowledged decisions are lost, see journal.spool.torn.", data: data)
            : state.DivergedBatches > 0 ? HealthCheckResult.Unhealthy("Batches differ from those in the database.", data: data)
            : records > 0 || state.MergeFailure is not null ? HealthCheckResult.Degraded("The database is away; decisions go to the spool.", data: data)
            : journal.Queue.LostTotal > 0 ? HealthCheckResult.Degraded("Records were lost since the start.", data: data)
            : state.FeedFailure is not null ? HealthCheckResult.Degraded("Decisions cannot be told to the audit trail.", data: data)
            : HealthCheckResult.Healthy("Decisions are remembered.", data));
    }

    private static void AddReason(Dictionary<string, object> data, string name, string? reason)
    {
        if (reason is not null)
        {
            data[name] = reason;
        }
    }
}
