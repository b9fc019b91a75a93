namespace AccessGov.Cedar;

/// <summary>
/// Looks for the smallest sets of changes that turn a denial into a permission. A set is proposed by failing leaves, tried by
/// evaluating the whole policy set again, and returned only when that allowed, and not because a forbid could not be evaluated any more. Where a
/// set does not suffice, what failed in the changed world proposes what to add to it.
/// </summary>
internal sealed class CounterfactualSearch
{
    // So many trees are built to find proposals: a set with thousands of forbids has thousands to look at after each trial.
    private const int ExplainedMax = 20_000;

    private readonly CompiledPolicySet policies;
    private readonly Request request;
    private readonly IEntities entities;
    private readonly ExplanationOptions options;
    private readonly Redaction redaction;
    private readonly Proposals proposals;
    private readonly PossibleChanges possible;
    private readonly HashSet<Policy> erring = [];
    private readonly PriorityQueue<ChangeSet, (int Size, int Order)> waiting = new();
    private readonly HashSet<string> seen = new(StringComparer.Ordinal);
    private readonly List<ChangeSet> found = [];
    private bool evaluationsReached;
    private long explained;

    public CounterfactualSearch(
        CompiledPolicySet policies, in Request request, IEntities entities, ExplanationOptions options, Redaction redaction)
    {
        this.policies = policies;
        this.request = request;
        this.entities = entities;
        this.options = options;
        this.redaction = redaction;
        proposals = new Proposals(options.ChangesMax);
        possible = new PossibleChanges(options.Schema, request, entities);
    }

    public int Evaluations { get; private set; }

    /// <summary>Whether a bound, on evaluations or on putting proposals together, cut the search short, so that there may be more.</summary>
    public bool BoundReached => evaluationsReached || proposals.IsExhausted;

    /// <summary>Smallest first, then those without example values.</summary>
    public IReadOnlyList<ChangeSet> Run(Response denied)
    {
        erring.UnionWith(denied.Errors.Select(error => error.Policy));
        Propose(ChangeSet.Empty, denied, request, entities);
        while (found.Count < options.CounterfactualsMax && waiting.TryDequeue(out ChangeSet? changes, out _))
        {
            if (found.Exists(changes.Holds))
            {
                continue;
            }

            if (Try(changes) is not var (tried, response, changedRequest, changedEntities))
            {
                if (evaluationsReached)
                {
                    break;
                }

                continue;
            }

            if (response.Decision == Decision.Allow)
            {
                Keep(Minimal(tried));
            }
            else if (tried.Count < options.ChangesMax)
            {
                Propose(tried, response, changedRequest, changedEntities);
            }
        }

        return [.. found.OrderBy(changes => changes.Count).ThenBy(changes => changes.Changes.Count(change => change.IsExample))];
    }

    private void Keep(ChangeSet changes)
    {
        if (!found.Exists(changes.Holds))
        {
            found.RemoveAll(other => other.Holds(changes));
            found.Add(changes);
        }
    }

    // So many variants of one set are tried in hope of a permission, after one in which no further forbid fails.
    private const int HopefulMax = 3;

    /// <summary>
    /// A variant of the changes that leads to a possible world in which no further forbid fails: one that is allowed where there is one among the first, else the first;
    /// null when there is none.
    /// </summary>
    private (ChangeSet Tried, Response Response, Request Request, IEntities Entities)? Try(ChangeSet changes)
    {
        (ChangeSet Tried, Response Response, Request Request, IEntities Entities)? first = null;
        int hopeful = 0;
        foreach (ChangeSet variant in possible.Variants(changes))
        {
            if (Evaluations >= options.EvaluationsMax)
            {
                evaluationsReached = true;
                return first;
            }

            if (ChangedWorld.Apply(variant, request, entities, possible) is not var (changedRequest, changedEntities))
            {
                continue;
            }

            Evaluations++;
            Response response = policies.Evaluate(in changedRequest, changedEntities);
            if (response.Errors.Any(error => error.Effect == Effect.Forbid && !erring.Contains(error.Policy)))
            {
                continue;
            }

            if (response.Decision == Decision.Allow || first is null)
            {
                first = (variant, response, changedRequest, changedEntities);
            }

            if (response.Decision == Decision.Allow || ++hopeful == HopefulMax)
            {
                break;
            }
        }

        return first;
    }

    /// <summary>Drops changes without which the rest still allows, until each one is needed.</summary>
    private ChangeSet Minimal(ChangeSet changes)
    {
        while (changes.Count > 1
            && changes.Changes.Select(changes.Without).FirstOrDefault(fewer => Try(fewer) is (_, { Decision: Decision.Allow }, _, _)) is { } allowing)
        {
            changes = allowing;
        }

        return changes;
    }

    private void Propose(ChangeSet before, Response denied, Request changedRequest, IEntities changedEntities)
    {
        if (explained > ExplainedMax)
        {
            evaluationsReached = true;
            return;
        }

        explained += denied.SatisfiedForbids.Count;
        Redaction after = redaction.After(before);
        List<ChangeSet> sets = [ChangeSet.Empty];
        foreach (Policy forbid in denied.SatisfiedForbids)
        {
            sets = proposals.Together(sets, proposals.AgainstForbid(PolicyInterpreter.Explain(forbid, in changedRequest, changedEntities, after)));
        }

        if (denied.SatisfiedPermits.Count == 0)
        {
            List<ChangeSet> forbids = sets;
            sets = [];
            List<PolicyExplanation> near = NearPermits.Find(policies, in changedRequest, changedEntities, after);
            explained += near.Count;
            foreach (PolicyExplanation permit in near.Take(options.NearestMax))
            {
                sets.AddRange(proposals.Together(forbids, proposals.ForPermit(permit)));
            }
        }

        // What fails in the changed world may be what was set there: then the later value counts.
        foreach (ChangeSet set in sets.SelectMany(set => before.With(set).Append(before.Under(set))))
        {
            if (set.Count > 0 && set.Count <= options.ChangesMax && seen.Add(set.Key))
            {
                waiting.Enqueue(set, (set.Count, seen.Count));
            }
        }
    }
}

/// <summary>The permits that could still come true: for this action, principal and resource of a fitting type; nearest first.</summary>
internal static class NearPermits
{
    public static List<PolicyExplanation> Find(CompiledPolicySet policies, in Request request, IEntities entities, Redaction redaction)
    {
        var near = new List<(PolicyExplanation Policy, Gap Gap)>();
        foreach (Policy policy in policies.Source.Policies)
        {
            if (policy.IsTemplate || policy.Effect != Effect.Permit || !ScopeMatch.Covers(policy.Tree.Action, request.Action, entities) || !FitsType(policy.Tree.Principal, request.Principal)
                || !FitsType(policy.Tree.Resource, request.Resource))
            {
                continue;
            }

            PolicyExplanation explained = PolicyInterpreter.Explain(policy, in request, entities, redaction);
            if (explained.Outcome != PolicyOutcome.True)
            {
                near.Add((explained, Gap.Of(explained)));
            }
        }

        return [.. near.OrderBy(pair => pair.Gap.Fixed).ThenBy(pair => pair.Gap.Changeable).Select(pair => pair.Policy)];
    }

    private static bool FitsType(EntityScope scope, EntityUid uid) => scope.EntityType is null || scope.EntityType == uid.Type;
}
