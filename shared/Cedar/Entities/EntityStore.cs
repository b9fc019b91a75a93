namespace AccessGov.Cedar;

/// <summary>Entity data that contradicts itself or is not entity data at all; the message says what and where.</summary>
public sealed class EntityDataException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>Entities in memory with their hierarchy worked out. Immutable and safe for any number of threads.</summary>
public sealed class EntityStore : IEntities
{
    /// <summary>The longest way from an entity up to its topmost ancestor.</summary>
    public const int HierarchyDepthMax = 1_000;

    private readonly Dictionary<EntityUid, Entity> entities;
    private readonly Dictionary<EntityUid, Ancestors> ancestors;

    private EntityStore(Dictionary<EntityUid, Entity> entities, Dictionary<EntityUid, Ancestors> ancestors)
    {
        this.entities = entities;
        this.ancestors = ancestors;
    }

    /// <summary>The store without entities.</summary>
    public static EntityStore Empty { get; } = Create([]);

    /// <summary>How many entities there are.</summary>
    public int Count => entities.Count;

    /// <summary>All entities, in no particular order.</summary>
    public IReadOnlyCollection<Entity> Entities => entities.Values;

    /// <summary>A store of <paramref name="entities"/>. An entity given twice counts once when both are the same in every part.</summary>
    /// <exception cref="EntityDataException">
    /// Two different entities have one uid, the hierarchy has a cycle, or it is deeper than <see cref="HierarchyDepthMax"/>.
    /// </exception>
    public static EntityStore Create(IEnumerable<Entity> entities)
    {
        var byUid = new Dictionary<EntityUid, Entity>();
        foreach (Entity entity in entities)
        {
            if (!byUid.TryAdd(entity.Uid, entity) && !byUid[entity.Uid].IsSameAs(entity))
            {
                throw new EntityDataException($"The entity {entity.Uid} is given twice with different content.");
            }
        }

        return new EntityStore(byUid, Hierarchy.Close(byUid));
    }

    /// <inheritdoc />
    public Entity? Find(EntityUid uid) => entities.GetValueOrDefault(uid);

    /// <inheritdoc />
    public bool IsDescendant(EntityUid descendant, EntityUid ancestor) =>
        ancestors.TryGetValue(descendant, out Ancestors? above) && above.Contains(ancestor);

    /// <inheritdoc />
    public IReadOnlyList<EntityUid> AncestorsOf(EntityUid uid) => ancestors.TryGetValue(uid, out Ancestors? above) ? above.All : [];
}

/// <summary>The ancestors of one entity: few in an array, many in a hash set as well.</summary>
internal sealed class Ancestors
{
    private const int LinearMax = 8;

    private readonly EntityUid[] all;
    private readonly HashSet<EntityUid>? index;

    public Ancestors(HashSet<EntityUid> uids)
    {
        all = [.. uids];
        index = uids.Count > LinearMax ? uids : null;
    }

    public IReadOnlyList<EntityUid> All => all;

    public bool Contains(EntityUid uid)
    {
        if (index is not null)
        {
            return index.Contains(uid);
        }

        foreach (EntityUid candidate in all)
        {
            if (candidate.Equals(uid))
            {
                return true;
            }
        }

        return false;
    }
}
