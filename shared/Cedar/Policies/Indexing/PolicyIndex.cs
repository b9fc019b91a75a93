using System.Runtime.InteropServices;

namespace AccessGov.Cedar;

/// <summary>
/// Finds the policies whose scopes match a request without looking at the others: by action, then by what they demand of the principal
/// and of the resource. The work depends on the ancestors of the request's entities and on the policies found, not on how many policies
/// there are. Immutable.
/// </summary>
internal sealed class PolicyIndex
{
    private readonly ScopeNames principals;
    private readonly ScopeNames resources;

    // Policies for any action; by an action that they name with == or in; by an action that they name with in.
    private readonly Scopes? anyAction;
    private readonly UidTable<Scopes> byAction;
    private readonly UidTable<Scopes> byActionGroup;

    public PolicyIndex(IReadOnlyList<PolicyTree> policies)
    {
        principals = new ScopeNames([.. policies.Select(policy => policy.Principal)]);
        resources = new ScopeNames([.. policies.Select(policy => policy.Resource)]);
        var any = new List<int>();
        var named = new Dictionary<EntityUid, List<int>>();
        var groups = new Dictionary<EntityUid, List<int>>();
        for (int i = 0; i < policies.Count; i++)
        {
            ActionScope scope = policies[i].Action;
            if (scope.Operator == ScopeOperator.Any)
            {
                any.Add(i);
            }

            foreach (EntityUid action in scope.Entities.Distinct())
            {
                ListOf(named, action).Add(i);
                if (scope.Operator != ScopeOperator.Equal)
                {
                    ListOf(groups, action).Add(i);
                }
            }
        }

        anyAction = any.Count == 0 ? null : ScopesOf(any, policies);
        byAction = TableOf(named, policies);
        byActionGroup = TableOf(groups, policies);
    }

    /// <summary>Adds every policy whose scope the request meets; one whose list of actions it meets twice is added twice.</summary>
    public void Find(in EvaluationFrame frame, ref CandidateList found)
    {
        var principal = new ScopeSubject(frame.Principal, principals, frame.Entities);
        var resource = new ScopeSubject(frame.Resource, resources, frame.Entities);
        anyAction?.Collect(in principal, in resource, ref found);
        byAction.Find(frame.Action)?.Collect(in principal, in resource, ref found);
        if (byActionGroup.Count > 0)
        {
            // An action is in whatever the entity data puts it.
            foreach (EntityUid group in ScopeSubject.AncestorsOf(frame.Action, frame.Entities))
            {
                byActionGroup.Find(group)?.Collect(in principal, in resource, ref found);
            }
        }
    }

    private static List<int> ListOf(Dictionary<EntityUid, List<int>> lists, EntityUid key)
    {
        ref List<int>? list = ref CollectionsMarshal.GetValueRefOrAddDefault(lists, key, out _);
        return list ??= [];
    }

    private UidTable<Scopes> TableOf(Dictionary<EntityUid, List<int>> lists, IReadOnlyList<PolicyTree> policies) =>
        new([.. lists.Select(pair => KeyValuePair.Create(pair.Key, ScopesOf(pair.Value, policies)))]);

    private Scopes ScopesOf(List<int> chosen, IReadOnlyList<PolicyTree> policies)
    {
        ScopeNode ByPrincipal(IReadOnlyList<int> some, Func<IReadOnlyList<int>, ScopeNode> child) =>
            new ScopeLevelBuilder(policy => policies[policy].Principal, principals).Build(some, child);

        ScopeNode ByResource(IReadOnlyList<int> some, Func<IReadOnlyList<int>, ScopeNode> child) =>
            new ScopeLevelBuilder(policy => policies[policy].Resource, resources).Build(some, child);

        return new Scopes(
            ByPrincipal(chosen, matched => ByResource(matched, Leaf)),
            ByResource(chosen, matched => ByPrincipal(matched, Leaf)));
    }

    private static ScopeLeaf Leaf(IReadOnlyList<int> policies) => new(policies);

    /// <summary>The same policies in two orders: a request begins with the variable that is in fewer groups, because it has fewer branches to follow.</summary>
    private sealed record Scopes(ScopeNode PrincipalFirst, ScopeNode ResourceFirst)
    {
        public void Collect(in ScopeSubject principal, in ScopeSubject resource, ref CandidateList found)
        {
            if (resource.AncestorCount < principal.AncestorCount)
            {
                ResourceFirst.Collect(in resource, in principal, ref found);
            }
            else
            {
                PrincipalFirst.Collect(in principal, in resource, ref found);
            }
        }
    }
}
