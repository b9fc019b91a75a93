using System.Collections.Concurrent;
using System.Net;
using AccessGov.PolicyDecision.Facts;

namespace AccessGov.PolicyDecision.Evaluation;

/// <summary>The contexts of many questions that are decided together, from one snapshot and for one instant: thousands have a handful. Thread-safe.</summary>
internal sealed class SharedContexts(FactsSnapshot facts, DateTimeOffset now)
{
    private readonly ConcurrentDictionary<Key, HospitalContext> known = [];

    public DateTimeOffset Now => now;

    public HospitalContext Of(EvaluationQuestion question, SiteFacts? site, bool explicitGrant, EmergencySession? emergency)
    {
        var key = new Key(site?.Id, explicitGrant, question.SourceIp, question.Protocol, question.Context, emergency);
        return known.TryGetValue(key, out HospitalContext? context)
            ? context
            : known.GetOrAdd(key, HospitalContext.Of(question, facts, site, explicitGrant, now, emergency));
    }

    private readonly record struct Key(string? Site, bool ExplicitGrant, IPAddress? SourceIp, string Protocol, EnforcementPointContext? Context, EmergencySession? Emergency);
}
