namespace AccessGov.Cedar;

/// <summary>An entity: its uid, its attributes, the entities it is directly in, and its tags. Immutable.</summary>
public sealed class Entity
{
    // Up to so many parents, comparing each with each beats hashing.
    private const int LinearMax = 16;

    /// <summary>An entity of its parts; no <paramref name="parents"/> and no <paramref name="tags"/> when left out.</summary>
    public Entity(EntityUid uid, RecordValue? attributes = null, IEnumerable<EntityUid>? parents = null, RecordValue? tags = null)
    {
        Uid = uid ?? throw new ArgumentNullException(nameof(uid));
        Attributes = attributes ?? RecordValue.Empty;
        Parents = parents is null ? [] : Distinct([.. parents]);
        Tags = tags ?? RecordValue.Empty;
    }

    /// <summary>The name of the entity.</summary>
    public EntityUid Uid { get; }

    /// <summary>The attributes, which <c>.</c> and <c>has</c> read.</summary>
    public RecordValue Attributes { get; }

    /// <summary>The direct parents, each once; they need not exist as entities.</summary>
    public IReadOnlyList<EntityUid> Parents { get; }

    /// <summary>The tags, which <c>getTag</c> and <c>hasTag</c> read; empty when there are none.</summary>
    public RecordValue Tags { get; }

    /// <summary>Whether both are the same entity with the same attributes, parents and tags.</summary>
    public bool IsSameAs(Entity other) =>
        ReferenceEquals(this, other)
        || (Uid == other.Uid && Attributes.Equals(other.Attributes) && Tags.Equals(other.Tags)
            && Parents.Count == other.Parents.Count && Parents.ToHashSet().SetEquals(other.Parents));

    /// <summary>The uid.</summary>
    public override string ToString() => Uid.ToString();

    private static EntityUid[] Distinct(EntityUid[] uids)
    {
        if (uids.Length > LinearMax)
        {
            return [.. uids.Distinct()];
        }

        for (int i = 1; i < uids.Length; i++)
        {
            if (uids.AsSpan(0, i).Contains(uids[i]))
            {
                return [.. uids.Distinct()];
            }
        }

        return uids;
    }
}
