using System.Runtime.InteropServices;

namespace AccessGov.Cedar;

/// <summary>Sorts policies by what their scopes demand of one variable.</summary>
/// <param name="scope">The demand of a policy.</param>
/// <param name="names">What the scopes name for this variable.</param>
internal sealed class ScopeLevelBuilder(Func<int, EntityScope> scope, ScopeNames names)
{
    private readonly Demands untyped = new();
    private readonly Dictionary<EntityUid, List<int>> equal = [];
    private readonly SortedDictionary<int, Demands> typed = [];

    /// <summary>The node of <paramref name="policies"/>; <paramref name="child"/> makes the node below from those that demand one thing.</summary>
    public ScopeNode Build(IReadOnlyList<int> policies, Func<IReadOnlyList<int>, ScopeNode> child)
    {
        foreach (int policy in policies)
        {
            Add(policy, scope(policy));
        }

        ScopeNode? any = untyped.AnyNode(child);
        if (any is ScopeLeaf && untyped.Any.Count == policies.Count)
        {
            return any;
        }

        if (untyped.Groups.Count == 1 && untyped.Groups.Single() is { Key: var group, Value: var members }
            && members.Count == policies.Count && child(members) is ScopeLeaf)
        {
            return new OneGroup(group, members);
        }

        return new ScopeLevel(
            any, Nodes(equal, child), untyped.GroupNodes(child),
            [.. typed.Select(pair => new ScopeLevel.OfType(pair.Key, pair.Value.AnyNode(child), pair.Value.GroupNodes(child)))]);
    }

    private static UidTable<ScopeNode> Nodes(Dictionary<EntityUid, List<int>> policies, Func<IReadOnlyList<int>, ScopeNode> child) =>
        policies.Count == 0 ? default : new UidTable<ScopeNode>([.. policies.Select(pair => KeyValuePair.Create(pair.Key, child(pair.Value)))]);

    private static void Add(Dictionary<EntityUid, List<int>> lists, EntityUid key, int policy)
    {
        ref List<int>? list = ref CollectionsMarshal.GetValueRefOrAddDefault(lists, key, out _);
        (list ??= []).Add(policy);
    }

    private void Add(int policy, EntityScope demand)
    {
        switch (demand.Operator)
        {
            case ScopeOperator.Equal:
                Add(equal, names.Shared(demand.Entity!), policy);
                break;
            case ScopeOperator.In:
                Add(untyped.Groups, names.Shared(demand.Entity!), policy);
                break;
            case ScopeOperator.Is:
                OfType(demand.EntityType!).Any.Add(policy);
                break;
            case ScopeOperator.IsIn:
                Add(OfType(demand.EntityType!).Groups, names.Shared(demand.Entity!), policy);
                break;
            default:
                untyped.Any.Add(policy);
                break;
        }
    }

    private Demands OfType(string type)
    {
        int place = names.PlaceOfType(type);
        if (!typed.TryGetValue(place, out Demands? demands))
        {
            typed.Add(place, demands = new Demands());
        }

        return demands;
    }

    private sealed class Demands
    {
        public List<int> Any { get; } = [];

        public Dictionary<EntityUid, List<int>> Groups { get; } = [];

        public ScopeNode? AnyNode(Func<IReadOnlyList<int>, ScopeNode> child) => Any.Count == 0 ? null : child(Any);

        public UidTable<ScopeNode> GroupNodes(Func<IReadOnlyList<int>, ScopeNode> child) => Nodes(Groups, child);
    }
}
