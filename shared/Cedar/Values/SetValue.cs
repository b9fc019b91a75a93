namespace AccessGov.Cedar;

/// <summary>A Cedar Set: unordered, without duplicates, of values of any types.</summary>
public sealed class SetValue : Value
{
    // Up to this size a walk over the items beats hashing.
    private const int LinearMax = 8;

    private readonly Value[] items;
    private readonly HashSet<Value>? index;
    private readonly int hash;
    private readonly int depth;

    /// <summary>The set of <paramref name="members"/>; duplicates count once.</summary>
    /// <exception cref="ArgumentException">The set would nest deeper than <see cref="Value.DepthMax"/>.</exception>
    public SetValue(IEnumerable<Value> members)
        : this(members.ToArray().AsSpan())
    {
    }

    /// <summary>The set of <paramref name="members"/>; duplicates count once.</summary>
    /// <exception cref="ArgumentException">The set would nest deeper than <see cref="Value.DepthMax"/>.</exception>
    public SetValue(params ReadOnlySpan<Value> members)
    {
        if (members.Length > LinearMax)
        {
            index = new HashSet<Value>(members.Length);
            foreach (Value member in members)
            {
                index.Add(member);
            }

            items = [.. index];
        }
        else
        {
            items = Distinct(members);
        }

        ulong sum = 0;
        foreach (Value item in items)
        {
            sum = unchecked(sum + SeededHash.Term(item.GetHashCode(), 0));
            depth = Math.Max(depth, item.Depth);
        }

        // The count keeps [], [[]] and all other sets of empty sets apart.
        hash = SeededHash.OfSum(sum, items.Length);
        depth++;
        if (depth > DepthMax)
        {
            throw new ArgumentException($"A value nests sets and records deeper than {DepthMax}.", nameof(members));
        }
    }

    /// <summary>The empty set.</summary>
    public static SetValue Empty { get; } = new([]);

    /// <summary>How many distinct members there are.</summary>
    public int Count => items.Length;

    /// <summary>The members, each once, in no particular order.</summary>
    public ReadOnlySpan<Value> Members => items;

    internal override int Depth => depth;

    internal override string TypeName => "set";

    /// <summary>Whether <paramref name="member"/> is in the set.</summary>
    public bool Contains(Value member)
    {
        if (index is not null)
        {
            return index.Contains(member);
        }

        foreach (Value item in items)
        {
            if (item.Equals(member))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether every member of <paramref name="other"/> is in this set; true for the empty set.</summary>
    public bool ContainsAll(SetValue other)
    {
        foreach (Value item in other.items)
        {
            if (!Contains(item))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Whether some member of <paramref name="other"/> is in this set; false for the empty set.</summary>
    public bool ContainsAny(SetValue other)
    {
        (SetValue walked, SetValue probed) = other.Count <= Count ? (other, this) : (this, other);
        foreach (Value item in walked.items)
        {
            if (probed.Contains(item))
            {
                return true;
            }
        }

        return false;
    }

    /// <inheritdoc />
    public override bool Equals(Value? other) =>
        ReferenceEquals(this, other)
        || (other is SetValue that && that.hash == hash && that.depth == depth && that.Count == Count && ContainsAll(that));

    /// <inheritdoc />
    public override int GetHashCode() => hash;

    private static Value[] Distinct(ReadOnlySpan<Value> members)
    {
        var distinct = new Value[members.Length];
        int count = 0;
        foreach (Value member in members)
        {
            if (Array.IndexOf(distinct, member, 0, count) < 0)
            {
                distinct[count++] = member;
            }
        }

        return count == members.Length ? distinct : distinct[..count];
    }
}
