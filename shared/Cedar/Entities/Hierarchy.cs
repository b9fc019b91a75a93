namespace AccessGov.Cedar;

/// <summary>The transitive closure of parents. It walks with a stack of its own, so a long chain cannot exhaust the thread's.</summary>
internal static class Hierarchy
{
    /// <summary>The ancestors of every entity that has any.</summary>
    public static Dictionary<EntityUid, Ancestors> Close(Dictionary<EntityUid, Entity> entities)
    {
        var closed = new Dictionary<EntityUid, Ancestors>();
        var done = new HashSet<EntityUid>();
        var open = new HashSet<EntityUid>();
        var path = new Stack<(Entity Entity, int NextParent)>();
        foreach (Entity start in entities.Values)
        {
            Enter(start);
            while (path.TryPop(out (Entity Entity, int NextParent) step))
            {
                if (step.NextParent == step.Entity.Parents.Count)
                {
                    open.Remove(step.Entity.Uid);
                    done.Add(step.Entity.Uid);
                    Collect(step.Entity, closed);
                    continue;
                }

                path.Push((step.Entity, step.NextParent + 1));
                EntityUid parent = step.Entity.Parents[step.NextParent];
                if (open.Contains(parent))
                {
                    throw new EntityDataException($"The hierarchy has a cycle through {step.Entity.Uid} and {parent}.");
                }

                if (entities.TryGetValue(parent, out Entity? entity))
                {
                    Enter(entity);
                }
            }
        }

        return closed;

        void Enter(Entity entity)
        {
            if (done.Contains(entity.Uid) || entity.Parents.Count == 0)
            {
                return;
            }

            if (path.Count == EntityStore.HierarchyDepthMax)
            {
                throw new EntityDataException(
                    $"The hierarchy above {path.Last().Entity.Uid} is deeper than {EntityStore.HierarchyDepthMax}.");
            }

            open.Add(entity.Uid);
            path.Push((entity, 0));
        }
    }

    private static void Collect(Entity entity, Dictionary<EntityUid, Ancestors> closed)
    {
        var above = new HashSet<EntityUid>(entity.Parents);
        foreach (EntityUid parent in entity.Parents)
        {
            if (closed.TryGetValue(parent, out Ancestors? further))
            {
                above.UnionWith(further.All);
            }
        }

        closed.Add(entity.Uid, new Ancestors(above));
    }
}
