using AccessGov.Edge.Journal;
using AccessGov.Edge.Merge;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace AccessGov.Edge;

/// <summary>Whether the edge could give access now: unhealthy where its journal is broken or it never heard of a key.</summary>
internal sealed class JournalHealth(EdgeJournal journal, HeardNews news, EdgeClock clock, MergeJournal merge) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        EdgeState state = journal.State;
        DateTimeOffset now = clock.Now;
        var data = new Dictionary<string, object>(StringComparer.Ordinal)
        {
            ["lines"] = state.Sequence, ["unmerged_lines"] = Math.Max(0, state.Sequence - merge.Through),
            ["active"] = state.Accesses.Values.Count(access => now < access.Until), ["capability_keys"] = news.Keys.Count,
        };
        return Task.FromResult(
            journal.Broken is { } broken ? HealthCheckResult.Unhealthy($"journal_broken: {broken.Why}", null, data)
            : !clock.IsReliable(state.LatestAt, now) ? HealthCheckResult.Unhealthy(Refusals.ClockUnreliable.Sentence, null, data)
            : news.Keys.Count == 0 ? HealthCheckResult.Degraded(Refusals.KeysUnknown.Sentence, null, data)
            : HealthCheckResult.Healthy(null, data));
    }
}

/// <summary>Whether AccessGov is heard and told; what the edge is there for is that it need not be.</summary>
internal sealed class BreakGlassHealth(EdgeJournal journal, HeardNews news, EdgeClock clock, MergeJournal merge) : IHealthCheck
{
    private static readonly TimeSpan Late = TimeSpan.FromMinutes(1);

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var data = new Dictionary<string, object>(StringComparer.Ordinal) { ["revoked_capabilities"] = news.RevokedCount };
        if (news.Age is { } age)
        {
            data["heard_seconds_ago"] = Math.Round(age.TotalSeconds, 3);
        }

        if (clock.Ahead is { } ahead)
        {
            data["clock_ahead_seconds"] = Math.Round(ahead.TotalSeconds, 1);
        }

        if (Oldest() is { } oldest)
        {
            data["oldest_unmerged_seconds"] = Math.Max(0, Math.Round((clock.Now - oldest).TotalSeconds, 3));
        }

        return Task.FromResult(
            news.Fault is { } unkept ? HealthCheckResult.Degraded(unkept, null, data)
            : merge.Fault is { } fault ? HealthCheckResult.Degraded($"BreakGlass does not take what happened here: {fault}.", null, data)
            : news.Age is null || news.Age > Late ? HealthCheckResult.Degraded("Nothing was heard from BreakGlass for a while.", null, data)
            : HealthCheckResult.Healthy(null, data));
    }

    private DateTimeOffset? Oldest() => merge.Through < journal.State.Sequence
        && journal.Files.Lines(merge.Through + 1, journal.State.Sequence, 1, 1) is [var line]
        && System.Text.Json.JsonDocument.Parse(line).RootElement.TryGetProperty("at", out System.Text.Json.JsonElement at)
        ? at.GetDateTimeOffset() : null;
}
