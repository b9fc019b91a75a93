using System.Net;
using AccessGov.PolicyDecision.Facts;

namespace AccessGov.PolicyDecision.Evaluation;

/// <summary>The contexts of many questions that are decided together, from one snapshot and for one instant: thousands have a handful. Used by one thread at a time.</summary>
internal sealed class SharedContexts(FactsSnapshot facts, DateTimeOffset now)
{
    private readonly Dictionary<Key, HospitalContext> known = [];

    public DateTimeOffset Now => now;

    public HospitalContext Of(EvaluationQuestion question, SiteFacts? site, bool explicitGrant)
    {
        var key = new Key(site?.Id, explicitGrant, question.SourceIp, question.Protocol, question.Context);
        if (!known.TryGetValue(key, out HospitalContext? context))
        {
            known.Add(key, context = HospitalContext.Of(question, facts, site, explicitGrant, now));
        }

        return context;
    }

    private readonly record struct Key(string? Site, bool ExplicitGrant, IPAddress? SourceIp, string Protocol, EnforcementPointContext? Context);
}
