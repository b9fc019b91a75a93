namespace AccessGov.Cedar;

/// <summary>
/// A few entities of one request laid over a big store without copying it: an overlaid entity replaces the stored one of the same
/// uid as a whole, parents included. Immutable; meant for a handful of entities, which are searched one by one.
/// </summary>
public sealed class EntityOverlay : IEntities
{
    private readonly IEntities below;
    private readonly Entity[] overlaid;

    // By the place of the overlaid entity: worked out once, because evaluation asks for them again and again.
    private readonly EntityUid[][] ancestors;

    /// <summary>Lays <paramref name="entities"/> over <paramref name="below"/>; of two with one uid the first counts.</summary>
    /// <exception cref="EntityDataException">The overlaid entities would close a cycle of the hierarchy.</exception>
    public EntityOverlay(IEntities below, params ReadOnlySpan<Entity> entities)
    {
        this.below = below;
        overlaid = entities.ToArray();
        ancestors = new EntityUid[overlaid.Length][];
        for (int i = 0; i < overlaid.Length; i++)
        {
            ancestors[i] = overlaid[i].Parents.Count == 0 ? [] : Climb(overlaid[i].Uid);
            if (ancestors[i].AsSpan().Contains(overlaid[i].Uid))
            {
                throw new EntityDataException($"The hierarchy has a cycle: {overlaid[i].Uid} is its own ancestor.");
            }
        }
    }

    /// <inheritdoc />
    public Entity? Find(EntityUid uid)
    {
        int place = PlaceOf(uid);
        return place < 0 ? below.Find(uid) : overlaid[place];
    }

    /// <inheritdoc />
    public bool IsDescendant(EntityUid descendant, EntityUid ancestor)
    {
        int place = PlaceOf(descendant);
        return place >= 0 ? ancestors[place].AsSpan().Contains(ancestor)
            : IsBelowOverlaid(descendant) ? Climb(descendant).AsSpan().Contains(ancestor)
            : below.IsDescendant(descendant, ancestor);
    }

    /// <inheritdoc />
    public IReadOnlyList<EntityUid> AncestorsOf(EntityUid uid)
    {
        int place = PlaceOf(uid);
        return place >= 0 ? ancestors[place] : IsBelowOverlaid(uid) ? Climb(uid) : below.AncestorsOf(uid);
    }

    private int PlaceOf(EntityUid uid)
    {
        for (int i = 0; i < overlaid.Length; i++)
        {
            if (overlaid[i].Uid.Equals(uid))
            {
                return i;
            }
        }

        return -1;
    }

    // Only where an overlaid entity lies above can the answer for a stored entity differ from the store's.
    private bool IsBelowOverlaid(EntityUid uid)
    {
        foreach (Entity entity in overlaid)
        {
            if (below.IsDescendant(uid, entity.Uid))
            {
                return true;
            }
        }

        return false;
    }

    private EntityUid[] Climb(EntityUid uid)
    {
        var found = new HashSet<EntityUid>();
        var waiting = new Stack<EntityUid>([uid]);
        while (waiting.TryPop(out EntityUid? next))
        {
            foreach (EntityUid parent in Find(next)?.Parents ?? [])
            {
                if (found.Add(parent))
                {
                    waiting.Push(parent);
                }
            }
        }

        return [.. found];
    }
}
