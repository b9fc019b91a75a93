namespace AccessGov.Cedar;

/// <summary>The transitive closure of parents. It walks with a stack of its own, so a long chain cannot exhaust the thread's.</summary>
internal sealed class Hierarchy
{
    // Up to so many ancestors, comparing each with each beats hashing.
    private const int LinearMax = 16;

    private readonly Dictionary<EntityUid, StoredEntity> entities;
    private readonly Stack<(StoredEntity Stored, int NextParent)> path = new();
    private readonly List<EntityUid> scratch = [];
    private long ancestors;

    private Hierarchy(Dictionary<EntityUid, StoredEntity> entities) => this.entities = entities;

    /// <summary>Works out the ancestors of every entity.</summary>
    public static void Close(Dictionary<EntityUid, StoredEntity> entities)
    {
        var hierarchy = new Hierarchy(entities);
        foreach (StoredEntity stored in entities.Values)
        {
            hierarchy.Close(stored);
        }
    }

    private void Close(StoredEntity start)
    {
        Enter(start);
        while (path.TryPop(out (StoredEntity Stored, int NextParent) step))
        {
            Entity entity = step.Stored.Entity;
            if (step.NextParent == entity.Parents.Count)
            {
                Count(entity);
                step.Stored.Ancestors = AncestorsOf(entity);
                step.Stored.Walk = Walk.Done;
                continue;
            }

            path.Push((step.Stored, step.NextParent + 1));
            if (entities.TryGetValue(entity.Parents[step.NextParent], out StoredEntity? above))
            {
                if (above.Walk == Walk.Open)
                {
                    throw new EntityDataException(ReferenceEquals(above, step.Stored)
                        ? $"The hierarchy has a cycle: {entity.Uid} is its own parent."
                        : $"The hierarchy has a cycle through {entity.Uid} and {above.Entity.Uid}.");
                }

                Enter(above);
            }
        }
    }

    private void Enter(StoredEntity stored)
    {
        if (stored.Entity.Parents.Count == 0 || stored.Walk == Walk.Done)
        {
            return;
        }

        if (path.Count == EntityStore.HierarchyDepthMax)
        {
            throw new EntityDataException($"The hierarchy above {path.Last().Stored.Entity.Uid} is deeper than {EntityStore.HierarchyDepthMax}.");
        }

        stored.Walk = Walk.Open;
        path.Push((stored, 0));
    }

    private void Count(Entity entity)
    {
        foreach (EntityUid parent in entity.Parents)
        {
            ancestors += 1 + (entities.TryGetValue(parent, out StoredEntity? known) ? known.Ancestors.All.Count : 0);
        }

        if (ancestors > EntityStore.AncestorsMax)
        {
            throw new EntityDataException(
                $"The entities up to {entity.Uid} have more than {EntityStore.AncestorsMax} ancestors together; make the hierarchy flatter.");
        }
    }

    // All that are in one group alone have the same ancestors, which lie in memory once: quicker to load, and mostly in the cache when they are asked for.
    private Ancestors AncestorsOf(Entity entity) => entity.Parents.Count switch
    {
        1 when entities.TryGetValue(entity.Parents[0], out StoredEntity? only) => only.AncestorsOfMembers ??= new Ancestors(Collect(entity.Parents)),
        _ => new Ancestors(Collect(entity.Parents)),
    };

    // The uid of a known entity stands for all its equals: comparing an object with itself is quick.
    private EntityUid[] Collect(IReadOnlyList<EntityUid> parents)
    {
        scratch.Clear();
        HashSet<EntityUid>? index = null;
        foreach (EntityUid parent in parents)
        {
            StoredEntity? known = entities.GetValueOrDefault(parent);
            Add(UidPool.Common.Share(known?.Entity.Uid ?? parent));
            foreach (EntityUid further in known is null ? [] : known.Ancestors.Span)
            {
                Add(further);
            }
        }

        return [.. scratch];

        void Add(EntityUid uid)
        {
            if (index is null && scratch.Count > LinearMax)
            {
                index = [.. scratch];
            }

            if (index is null ? !scratch.Contains(uid) : index.Add(uid))
            {
                scratch.Add(uid);
            }
        }
    }
}

/// <summary>How far the walk over the hierarchy is with an entity.</summary>
internal enum Walk
{
    NotYet,
    Open,
    Done,
}
