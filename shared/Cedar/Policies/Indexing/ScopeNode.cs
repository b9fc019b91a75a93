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
internal sealed class ScopeLeaf(int[] policies) : ScopeNode
{
    public int[] Policies => policies;

    public override void Collect(in ScopeSubject subject, in ScopeSubject next, ref CandidateList found) => found.Add(policies);
}

/// <summary>All policies here demand the same group, which is what a set of roles or departments looks like: one object instead of a table.</summary>
internal sealed class OneGroup(EntityUid group, int[] policies) : ScopeNode
{
    public override void Collect(in ScopeSubject subject, in ScopeSubject next, ref CandidateList found)
    {
        if (subject.IsBelow(group) || (subject.IsNamed && subject.Uid.Equals(group)))
        {
            found.Add(policies);
        }
    }
}

/// <summary>The demands on one variable. <paramref name="types"/> are in ascending order, and <paramref name="ofTypes"/> in theirs.</summary>
internal sealed class ScopeLevel(
    ScopeNode? any, UidTable<ScopeNode>? equal, UidTable<ScopeNode>? groups, int[] types, ScopeLevel.OfType[] ofTypes) : ScopeNode
{
    public override void Collect(in ScopeSubject subject, in ScopeSubject next, ref CandidateList found)
    {
        any?.Collect(in next, in next, ref found);
        if (equal is not null && subject.IsNamed)
        {
            equal.Find(subject.Uid)?.Collect(in next, in next, ref found);
        }

        if (groups is not null)
        {
            CollectGroups(groups, in subject, in next, ref found);
        }

        int place = subject.Type < 0 ? -1 : types.AsSpan().BinarySearch(subject.Type);
        if (place >= 0)
        {
            OfType ofType = ofTypes[place];
            ofType.Any?.Collect(in next, in next, ref found);
            if (ofType.Groups is not null)
            {
                CollectGroups(ofType.Groups, in subject, in next, ref found);
            }
        }
    }

    private static void CollectGroups(UidTable<ScopeNode> groups, in ScopeSubject subject, in ScopeSubject next, ref CandidateList found)
    {
        if (subject.IsNamed)
        {
            groups.Find(subject.Uid)?.Collect(in next, in next, ref found);
        }

        if (subject.Ancestors.Length <= groups.Count)
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

    /// <summary>What is demanded of an entity of one type: nothing more, or that it is in a group.</summary>
    public sealed record OfType(ScopeNode? Any, UidTable<ScopeNode>? Groups);
}
