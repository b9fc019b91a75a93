namespace AccessGov.Cedar;

/// <summary>
/// A few entities of one request laid over a big store without copying it: an overlaid entity replaces the stored one of the same
/// uid as a whole, parents included. Immutable; meant for a handful of entities, which are searched one by one.
/// </summary>
public sealed class EntityOverlay : IEntities
{
    private readonly IEntities below;
    private readonly Entity[] overlaid;

    /// <summary>Lays <paramref name="entities"/> over <paramref name="below"/>; of two with one uid the first counts.</summary>
    /// <exception cref="EntityDataException">The overlaid entities would close a cycle of the hierarchy.</exception>
    public EntityOverlay(IEntities below, params ReadOnlySpan<Entity> entities)
    {
        this.below = below;
        overlaid = entities.ToArray();
        foreach (Entity entity in overlaid)
        {
            if (entity.Parents.Count > 0 && IsDescendant(entity.Uid, entity.Uid))
            {
                throw new EntityDataException($"The hierarchy has a cycle: {entity.Uid} is its own ancestor.");
            }
        }
    }

    /// <inheritdoc />
    public Entity? Find(EntityUid uid)
    {
        foreach (Entity entity in overlaid)
        {
            if (entity.Uid.Equals(uid))
            {
                return entity;
            }
        }

        return below.Find(uid);
    }

    /// <inheritdoc />
    public bool IsDescendant(EntityUid descendant, EntityUid ancestor)
    {
        if (!IsTouched(descendant))
        {
            return below.IsDescendant(descendant, ancestor);
        }

        foreach (EntityUid above in AncestorsOf(descendant))
        {
            if (above.Equals(ancestor))
            {
                return true;
            }
        }

        return false;
    }

    /// <inheritdoc />
    public IReadOnlyList<EntityUid> AncestorsOf(EntityUid uid)
    {
        if (!IsTouched(uid))
        {
            return below.AncestorsOf(uid);
        }

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

    // Only where an overlaid entity is the entity itself or above it can the answer differ from the store's.
    private bool IsTouched(EntityUid uid)
    {
        foreach (Entity entity in overlaid)
        {
            if (entity.Uid.Equals(uid) || below.IsDescendant(uid, entity.Uid))
            {
                return true;
            }
        }

        return false;
    }
}
