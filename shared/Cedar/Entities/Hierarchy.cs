namespace AccessGov.Cedar;

/// <summary>The transitive closure of parents. It walks with a stack of its own, so a long chain cannot exhaust the thread's.</summary>
internal static class Hierarchy
{
    // Up to so many ancestors, comparing each with each beats hashing.
    private const int LinearMax = 16;

    /// <summary>Works out the ancestors of every entity.</summary>
    public static void Close(Dictionary<EntityUid, StoredEntity> entities)
    {
        var done = new HashSet<StoredEntity>(entities.Count, ReferenceEqualityComparer.Instance);
        var open = new HashSet<StoredEntity>(ReferenceEqualityComparer.Instance);
        var scratch = new List<EntityUid>();
        var path = new Stack<(StoredEntity Stored, int NextParent)>();
        long ancestors = 0;
        foreach (StoredEntity start in entities.Values)
        {
            Enter(start);
            while (path.TryPop(out (StoredEntity Stored, int NextParent) step))
            {
                Entity entity = step.Stored.Entity;
                if (step.NextParent == entity.Parents.Count)
                {
                    open.Remove(step.Stored);
                    done.Add(step.Stored);
                    Count(entity);
                    step.Stored.Ancestors = new Ancestors(Collect(entity, entities, scratch));
                    continue;
                }

                path.Push((step.Stored, step.NextParent + 1));
                EntityUid parent = entity.Parents[step.NextParent];
                if (entities.TryGetValue(parent, out StoredEntity? above))
                {
                    if (open.Contains(above))
                    {
                        throw new EntityDataException($"The hierarchy has a cycle through {entity.Uid} and {parent}.");
                    }

                    Enter(above);
                }
            }
        }

        void Count(Entity entity)
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

        void Enter(StoredEntity stored)
        {
            if (stored.Entity.Parents.Count == 0 || done.Contains(stored))
            {
                return;
            }

            if (path.Count == EntityStore.HierarchyDepthMax)
            {
                throw new EntityDataException(
                    $"The hierarchy above {path.Last().Stored.Entity.Uid} is deeper than {EntityStore.HierarchyDepthMax}.");
            }

            open.Add(stored);
            path.Push((stored, 0));
        }
    }

    // The uid of a known entity stands for all its equals: comparing an object with itself is quick.
    private static EntityUid[] Collect(Entity entity, Dictionary<EntityUid, StoredEntity> entities, List<EntityUid> above)
    {
        above.Clear();
        HashSet<EntityUid>? index = null;
        foreach (EntityUid parent in entity.Parents)
        {
            StoredEntity? known = entities.GetValueOrDefault(parent);
            Add(known?.Entity.Uid ?? parent);
            foreach (EntityUid further in known?.Ancestors.All ?? [])
            {
                Add(further);
            }
        }

        return [.. above];

        void Add(EntityUid uid)
        {
            if (index is null && above.Count > LinearMax)
            {
                index = [.. above];
            }

            if (index is null ? !above.Contains(uid) : index.Add(uid))
            {
                above.Add(uid);
            }
        }
    }
}
