using AccessGov.PolicyDecision.Facts;
using AccessGov.PolicyDecision.Policies;

namespace AccessGov.PolicyDecision.PolicyDrafts.Impact;

/// <summary>Facts with a draft in force instead of the live set, compiled anew only where the custom roles change. Used by one thread.</summary>
internal sealed class DraftedFacts(PolicyDraft.Open draft)
{
    private readonly ParsedPolicies parsed = PolicyCompiler.Parse(draft.Files);
    private PublishedPolicies? compiled;
    private object? rolesOfCompiled;
    private FactsSnapshot? live;
    private FactsSnapshot? drafted;

    public FactsSnapshot Of(FactsSnapshot facts)
    {
        if (!ReferenceEquals(facts, live) || drafted is null)
        {
            if (compiled is null || !ReferenceEquals(rolesOfCompiled, facts.Roles))
            {
                compiled = PolicyCompiler.Compile(draft.PolicySet, 0, draft.Hash, parsed, facts.Roles.Values);
                rolesOfCompiled = facts.Roles;
            }

            (live, drafted) = (facts, facts with { Policies = compiled });
        }

        return drafted;
    }
}
