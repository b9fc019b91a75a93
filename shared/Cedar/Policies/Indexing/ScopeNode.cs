namespace AccessGov.Cedar;

/// <summary>
/// A node of the index. The way from the root to a leaf names what the scope demands of one variable and then of the other; the leaf
/// holds the policies that demand exactly that. A walk takes every branch whose demand the request meets, and no other.
/// </summary>
internal abstract class ScopeNode
{
    /// <summary>Adds the policies below. This node's demands are of <paramref name="subject"/>, those of its children of <paramref name="next"/>.</summary>
    public abstract void Collect(in ScopeSubject subject, in ScopeSubject next, ref CandidateList found);
}

/// <summary>The end of a way: nothing more is demanded.</summary>
internal sealed class ScopeLeaf(IReadOnlyList<int> policies) : ScopeNode
{
    private readonly PolicyPlaces policies = new(policies);

    public override void Collect(in ScopeSubject subject, in ScopeSubject next, ref CandidateList found) => found.Add(policies.AsSpan());
}

/// <summary>All policies here demand the same group, which is what a set of roles or departments looks like: one object instead of a table.</summary>
internal sealed class OneGroup(EntityUid group, IReadOnlyList<int> policies) : ScopeNode
{
    private readonly PolicyPlaces policies = new(policies);

    public override void Collect(in ScopeSubject subject, in ScopeSubject next, ref CandidateList found)
    {
        if (subject.IsBelow(group) || (subject.IsNamed && subject.Uid.Equals(group)))
        {
            found.Add(policies.AsSpan());
        }
    }
}

/// <summary>The demands on one variable. <paramref name="types"/> are in ascending order of their places.</summary>
internal sealed class ScopeLevel(ScopeNode? any, UidTable<ScopeNode> equal, UidTable<ScopeNode> groups, ScopeLevel.OfType[] types) : ScopeNode
{
    private readonly UidTable<ScopeNode> equal = equal;
    private readonly UidTable<ScopeNode> groups = groups;

    public override void Collect(in ScopeSubject subject, in ScopeSubject next, ref CandidateList found)
    {
        any?.Collect(in next, in next, ref found);
        if (subject.IsNamed)
        {
            equal.Find(subject.Uid)?.Collect(in next, in next, ref found);
        }

        CollectGroups(in groups, in subject, in next, ref found);
        int place = subject.Type < 0 ? -1 : PlaceOf(subject.Type);
        if (place >= 0)
        {
            ref readonly OfType demands = ref types[place];
            demands.Any?.Collect(in next, in next, ref found);
            CollectGroups(in demands.Groups, in subject, in next, ref found);
        }
    }

    private static void CollectGroups(in UidTable<ScopeNode> groups, in ScopeSubject subject, in ScopeSubject next, ref CandidateList found)
    {
        if (groups.Count == 0)
        {
            return;
        }

        if (subject.IsNamed)
        {
            groups.Find(subject.Uid)?.Collect(in next, in next, ref found);
        }

        if (subject.AncestorCount <= groups.Count)
        {
            foreach (EntityUid group in subject.Ancestors)
            {
                groups.Find(group)?.Collect(in next, in next, ref found);
            }

            return;
        }

        // Fewer groups are named here than the subject is in: asking the hierarchy about each is cheaper.
        foreach (UidTable<ScopeNode>.Slot slot in groups.Slots)
        {
            if (slot.Key is not null && subject.IsBelow(slot.Key))
            {
                slot.Value.Collect(in next, in next, ref found);
            }
        }
    }

    private int PlaceOf(int type)
    {
        int low = 0;
        int high = types.Length - 1;
        while (low <= high)
        {
            int middle = (low + high) >> 1;
            int difference = types[middle].Type - type;
            if (difference == 0)
            {
                return middle;
            }

            (low, high) = difference < 0 ? (middle + 1, high) : (low, middle - 1);
        }

        return -1;
    }

    /// <summary>What is demanded of an entity of one type: nothing more, or that it is in a group.</summary>
    public readonly struct OfType(int type, ScopeNode? any, UidTable<ScopeNode> groups)
    {
        public readonly int Type = type;
        public readonly ScopeNode? Any = any;
        public readonly UidTable<ScopeNode> Groups = groups;
    }
}
