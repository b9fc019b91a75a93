using System.Runtime.InteropServices;

namespace AccessGov.Cedar;

/// <summary>Entity data that contradicts itself or is not entity data at all; the message says what and where.</summary>
public sealed class EntityDataException(string message, Exception? inner = null) : Exception(Excerpt.Of(message), inner);

/// <summary>Entities in memory with their hierarchy worked out. Immutable and safe for any number of threads.</summary>
public sealed class EntityStore : IEntities
{
    /// <summary>The longest way from an entity up to its topmost ancestor.</summary>
    public const int HierarchyDepthMax = 1_000;

    /// <summary>
    /// How many ancestors all entities may have together, each counted on every way that leads to it through a parent. Some kilobytes of JSON can put
    /// a thousand entities into a group that is in a thousand groups.
    /// </summary>
    public const int AncestorsMax = 10_000_000;

    private readonly Entity[] entities;
    private readonly UidTable<Known> byUid;

    private EntityStore(Entity[] entities, UidTable<Known> byUid)
    {
        this.entities = entities;
        this.byUid = byUid;
    }

    /// <summary>The store without entities.</summary>
    public static EntityStore Empty { get; } = Create([]);

    /// <summary>How many entities there are.</summary>
    public int Count => entities.Length;

    /// <summary>All entities, in no particular order.</summary>
    public IReadOnlyCollection<Entity> Entities => entities;

    /// <summary>A store of <paramref name="entities"/>. An entity given twice counts once when both are the same in every part.</summary>
    /// <exception cref="EntityDataException">
    /// Two different entities have one uid, the hierarchy has a cycle, or it is deeper than <see cref="HierarchyDepthMax"/>, or there are
    /// more than <see cref="AncestorsMax"/>.
    /// </exception>
    public static EntityStore Create(IEnumerable<Entity> entities)
    {
        var given = new Dictionary<EntityUid, StoredEntity>(entities.TryGetNonEnumeratedCount(out int count) ? count : 0);
        foreach (Entity entity in entities)
        {
            ref StoredEntity? stored = ref CollectionsMarshal.GetValueRefOrAddDefault(given, entity.Uid, out _);
            stored ??= new StoredEntity(entity);
            if (!stored.Entity.IsSameAs(entity))
            {
                throw new EntityDataException($"The entity {entity.Uid} is given twice with different content.");
            }
        }

        Hierarchy.Close(given);
        return new EntityStore([.. given.Values.Select(stored => stored.Entity)], new UidTable<Known>(
            [.. given.Select(pair => KeyValuePair.Create(pair.Key, new Known(pair.Value.Entity, pair.Value.Ancestors)))]));
    }

    /// <inheritdoc />
    public Entity? Find(EntityUid uid) => byUid.TryFind(uid, out Known known) ? known.Entity : null;

    /// <inheritdoc />
    public bool IsDescendant(EntityUid descendant, EntityUid ancestor) => 
        byUid.TryFind(descendant, out Known known) && known.Ancestors.Contains(ancestor);

    /// <inheritdoc />
    public IReadOnlyList<EntityUid> AncestorsOf(EntityUid uid) => byUid.TryFind(uid, out Known known) ? known.Ancestors.All : [];

    /// <summary>What <see cref="AncestorsOf"/> lists, with what is known about it.</summary>
    internal Ancestors KnownAncestorsOf(EntityUid uid) => byUid.TryFind(uid, out Known known) ? known.Ancestors : Ancestors.None;

    // It lies in the table itself: finding an entity is one access to memory.
    private readonly record struct Known(Entity Entity, Ancestors Ancestors);
}

/// <summary>An entity and what the hierarchy makes of it: known when the hierarchy is closed, and never changed afterwards.</summary>
internal sealed class StoredEntity(Entity entity)
{
    public Entity Entity { get; } = entity;

    public Ancestors Ancestors { get; set; } = Ancestors.None;

    /// <summary>The ancestors of an entity that is in this one and in no other; null until there is one.</summary>
    public Ancestors? AncestorsOfMembers { get; set; }

    public Walk Walk { get; set; }
}

/// <summary>
/// The ancestors of one entity: few in an array, many in a hash table as well. A single one, which most entities have that are no people, lies here itself, so that
/// reading it reads no array. Immutable.
/// </summary>
internal sealed class Ancestors
{
    private const int LinearMax = 8;

    private readonly EntityUid? only;
    private readonly EntityUid[] all;
    private readonly UidTable<EntityUid> index;

    public Ancestors(EntityUid[] uids)
    {
        all = uids;
        Count = uids.Length;
        only = uids is [var single] ? single : null;
        index = all.Length > LinearMax ? new UidTable<EntityUid>(Array.ConvertAll(all, uid => KeyValuePair.Create(uid, uid))) : default;
    }

    public static Ancestors None { get; } = new([]);

    /// <summary>How many; known without reading them.</summary>
    public int Count { get; }

    public IReadOnlyList<EntityUid> All => all;

    public ReadOnlySpan<EntityUid> Span => only is null ? all : new ReadOnlySpan<EntityUid>(in only);

    public bool Contains(EntityUid uid)
    {
        if (index.Count > 0)
        {
            return index.Find(uid) is not null;
        }

        foreach (EntityUid candidate in Span)
        {
            if (candidate.Equals(uid))
            {
                return true;
            }
        }

        return false;
    }
}
