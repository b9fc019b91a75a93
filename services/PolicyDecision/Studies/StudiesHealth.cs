using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace AccessGov.PolicyDecision.Studies;

/// <summary>Whether changes of studies are heard, and how far the archive has been followed. Never unhealthy: known studies are decided on without either.</summary>
internal sealed class StudiesHealth(StudyIndex index, StudyNews news, OrthancFeeder? feeder = null) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var data = new Dictionary<string, object>(StringComparer.Ordinal) { ["cachedStudies"] = index.CachedStudies, ["listening"] = news.Listening };
        if (feeder is { State: var state })
        {
            data["feeding"] = state.Feeding;
            data["feedPosition"] = state.Position;
            data["feedLagChanges"] = Math.Max(0, state.Newest - state.Position);
            if (state.LastSuccess is { } last)
            {
                data["feedLastSuccess"] = last;
            }
        }

        string? trouble = !news.Listening ? "Changes of studies are not heard."
            : feeder?.State.Failure is { } failure ? $"The archive cannot be followed ({failure})." : null;
        return Task.FromResult(trouble is null
            ? HealthCheckResult.Healthy("Studies are known and followed.", data)
            : HealthCheckResult.Degraded(trouble, data: data));
    }
}
