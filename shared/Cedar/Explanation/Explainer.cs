namespace AccessGov.Cedar;

/// <summary>What an explanation holds and who may see what.</summary>
public sealed record ExplanationOptions
{
    /// <summary>Also the trees of policies whose scope did not match.</summary>
    public bool IncludeUnmatched { get; init; }

    /// <summary>How many of the nearest permits are listed, and taken as a source of counterfactuals; 0 for none.</summary>
    public int NearestMax { get; init; } = 5;

    /// <summary>How many leaves are listed for one policy.</summary>
    public int LeavesMax { get; init; } = 50;

    /// <summary>How many counterfactuals are looked for; 0 for none.</summary>
    public int CounterfactualsMax { get; init; } = 10;

    /// <summary>How many changes one counterfactual may have.</summary>
    public int ChangesMax { get; init; } = 3;

    /// <summary>How often the policy set may be evaluated to look for counterfactuals.</summary>
    public int EvaluationsMax { get; init; } = 200;

    /// <summary>
    /// What the request and the data conform to; null when nothing is known. With it, counterfactuals set values of the declared types only, and none leads to a world
    /// that the schema refuses.
    /// </summary>
    public Schema? Schema { get; init; }

    /// <summary>
    /// Whether the value at a place may be shown; null shows all. A hidden value is replaced by a marker in trees, leaves, changes and
    /// messages, and so is what is computed from it; the structure stays, and with it whether each operator came out true or false,
    /// from which a reader can conclude something about the value: a place whose every trace must stay secret belongs in no explanation.
    /// Asked often, also from several threads; must not throw.
    /// </summary>
    public Func<ValuePlace, bool>? MayShow { get; init; }
}

/// <summary>Explains decisions. Thread-safe; costs a hundred times an evaluation and more, so it is for people, not for the hot path.</summary>
public static class Explainer
{
    /// <summary>Explains the decision of <paramref name="policies"/> on <paramref name="request"/>.</summary>
    /// <remarks>
    /// No policy, request or data make it throw: what cannot be evaluated, or nests too deeply for the stack, is an error in its tree, and the
    /// bounds of the options end the search (see <see cref="Explanation.EvaluationsBoundReached"/>). It passes on what
    /// <see cref="ExplanationOptions.MayShow"/> or an <see cref="IEntities"/> of the caller's own throws.
    /// </remarks>
    public static Explanation Explain(PolicySet policies, in Request request, IEntities entities, ExplanationOptions? options = null) =>
        Explain(policies.Compile(), in request, entities, options);

    /// <inheritdoc cref="Explain(PolicySet, in Request, IEntities, ExplanationOptions?)"/>
    public static Explanation Explain(CompiledPolicySet policies, in Request request, IEntities entities, ExplanationOptions? options = null)
    {
        options ??= new ExplanationOptions();
        var redaction = new Redaction(options.MayShow);
        Response response = policies.Evaluate(in request, entities);
        CounterfactualSearch? search = null;
        IReadOnlyList<ChangeSet> changes = [];
        if (response.Decision == Decision.Deny && options.CounterfactualsMax > 0 && options.EvaluationsMax > 0)
        {
            search = new CounterfactualSearch(policies, in request, entities, options, redaction);
            changes = search.Run(response);
        }

        Request asked = request;
        return new Explanation(request, response)
        {
            Policies = Trees(policies, response, in request, entities, options, redaction),
            NearestPermits = Nearest(policies, response, in request, entities, options, redaction),
            SatisfiedForbids = Forbids(response, in request, entities, options, redaction),
            Counterfactuals = [.. changes.Select(set => new Counterfactual(set.SeenFrom(asked, entities, redaction)))],
            Evaluations = search?.Evaluations ?? 0,
            EvaluationsBoundReached = search?.BoundReached ?? false,
        };
    }

    private static List<PolicyExplanation> Trees(
        CompiledPolicySet policies, Response response, in Request request, IEntities entities, ExplanationOptions options, Redaction redaction)
    {
        var trees = new List<PolicyExplanation>();
        foreach (Policy policy in options.IncludeUnmatched ? policies.Source.Policies.Where(policy => !policy.IsTemplate) : response.Considered)
        {
            trees.Add(PolicyInterpreter.Explain(policy, in request, entities, redaction));
        }

        return trees;
    }

    private static List<NearPermit> Nearest(
        CompiledPolicySet policies, Response response, in Request request, IEntities entities, ExplanationOptions options, Redaction redaction)
    {
        var nearest = new List<NearPermit>();
        if (response.Decision == Decision.Allow || response.SatisfiedPermits.Count > 0 || options.NearestMax == 0)
        {
            return nearest;
        }

        foreach (PolicyExplanation permit in NearPermits.Find(policies, in request, entities, redaction).Take(options.NearestMax))
        {
            // One more than asked for tells whether there are more.
            var leaves = new List<ExplanationLeaf>();
            foreach (ExplanationNode node in permit.Nodes)
            {
                Gap.Collect(node, BoolValue.True, leaves, options.LeavesMax + 1);
            }

            var gap = Gap.Of(permit);
            nearest.Add(new NearPermit(
                permit.Policy, [.. leaves.Take(options.LeavesMax)], gap.Changeable, gap.Fixed, leaves.Count > options.LeavesMax));
        }

        return nearest;
    }

    private static List<SatisfiedForbid> Forbids(
        Response response, in Request request, IEntities entities, ExplanationOptions options, Redaction redaction)
    {
        var forbids = new List<SatisfiedForbid>();
        foreach (Policy policy in response.SatisfiedForbids)
        {
            var leaves = new List<ExplanationLeaf>();
            foreach (ExplanationNode node in PolicyInterpreter.Explain(policy, in request, entities, redaction).Nodes)
            {
                Gap.CollectCauses(node, leaves, options.LeavesMax + 1);
            }

            forbids.Add(new SatisfiedForbid(policy, [.. leaves.Take(options.LeavesMax)], leaves.Count > options.LeavesMax));
        }

        return forbids;
    }
}
