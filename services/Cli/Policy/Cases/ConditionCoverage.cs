namespace AccessGov.Cli;

/// <summary>How often one clause of a policy, or the scope of one without clauses, was reached, and how it came out. True means that it let the policy pass.</summary>
internal sealed class ClauseCoverage(Policy policy, string text, SourcePosition position, bool isScope)
{
    public Policy Policy => policy;

    public string Text => text;

    public SourcePosition Position => position;

    public bool IsScope => isScope;

    public int Reached => True + False + Error;

    public int True { get; private set; }

    public int False { get; private set; }

    public int Error { get; private set; }

    /// <summary>What cases should show: a scope that matches; a clause that lets pass, and one that does not.</summary>
    public int Wanted => isScope ? 1 : 2;

    public int Seen => Math.Min(1, True) + (isScope ? 0 : Math.Min(1, False));

    public string Missing => Reached == 0 ? "never reached" : True == 0 ? "never true" : False == 0 && !isScope ? "never false" : "";

    public void Add(NodeOutcome outcome)
    {
        True += outcome == NodeOutcome.True ? 1 : 0;
        False += outcome == NodeOutcome.False ? 1 : 0;
        Error += outcome is NodeOutcome.Error or NodeOutcome.Value ? 1 : 0;
    }
}

/// <summary>The coverage of every clause of a policy set. Templates are covered through what is linked from them.</summary>
internal sealed class ConditionCoverage
{
    private readonly Dictionary<Policy, ClauseCoverage[]> byPolicy = [];
    private readonly List<ClauseCoverage> clauses = [];

    public ConditionCoverage(PolicySet policies)
    {
        // The trees of all policies name every clause; what is asked for it does not matter.
        var nobody = new EntityUid("", "");
        var request = new Request(nobody, nobody, nobody, RecordValue.Empty);
        var options = new ExplanationOptions { IncludeUnmatched = true, NearestMax = 0, CounterfactualsMax = 0 };
        foreach (PolicyExplanation policy in Explainer.Explain(policies, in request, EntityStore.Empty, options).Policies)
        {
            ClauseCoverage[] own = policy.Conditions.Count == 0
                ? [new ClauseCoverage(policy.Policy, "(scope)", policy.Policy.Position, isScope: true)]
                : [.. policy.Conditions.Select(condition => new ClauseCoverage(policy.Policy, OneLine(condition.Text), condition.Position, isScope: false))];
            byPolicy.Add(policy.Policy, own);
            clauses.AddRange(own);
        }
    }

    public IReadOnlyList<ClauseCoverage> Clauses => clauses;

    public void Add(Explanation explanation)
    {
        foreach (PolicyExplanation policy in explanation.Policies)
        {
            ClauseCoverage[] own = byPolicy[policy.Policy];
            for (int i = 0; i < own.Length; i++)
            {
                own[i].Add(own[i].IsScope ? NodeOutcome.True : policy.Conditions[i].Outcome);
            }
        }
    }

    private static string OneLine(string text)
    {
        const int LengthMax = 60;
        return Quoted.Beginning(text.ReplaceLineEndings(" ").Replace('\t', ' '), LengthMax);
    }
}
