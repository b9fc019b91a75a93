namespace AccessGov.Cedar;

/// <summary>
/// The entities that a request needs when no policy goes deeper than a level: those whose attributes, tags or ancestors an expression
/// reaches from the principal, the action, the resource and the context in at most so many steps (Cedar RFC 76). For policies that
/// validate at the level, evaluating over the slice and evaluating over everything is the same.
/// </summary>
public static class EntitySlice
{
    /// <summary>
    /// The slice of <paramref name="entities"/> for <paramref name="request"/>. Level 0 is empty; level 1 holds what the request names
    /// itself; each further level what the attributes and tags of the one before name, also inside records. Entities inside sets do not
    /// count: no policy can go on from one. Each entity of the slice is directly in all of its ancestors, because those between may be missing.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="level"/> is negative.</exception>
    public static EntityStore AtLevel(IEntities entities, in Request request, int level)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(level);
        var seen = new HashSet<EntityUid>();
        var slice = new List<Entity>();
        List<EntityUid> frontier = [request.Principal, request.Action, request.Resource];
        AddUids(request.Context, frontier);
        for (; level > 0 && frontier.Count > 0; level--)
        {
            var next = new List<EntityUid>();
            foreach (EntityUid uid in frontier)
            {
                if (seen.Add(uid) && entities.Find(uid) is { } entity)
                {
                    slice.Add(WithAllAncestors(entity, entities.AncestorsOf(uid)));
                    AddUids(entity.Attributes, next);
                    AddUids(entity.Tags, next);
                }
            }

            frontier = next;
        }

        return EntityStore.Create(slice);
    }

    private static Entity WithAllAncestors(Entity entity, IReadOnlyList<EntityUid> ancestors) =>
        ancestors.Count == entity.Parents.Count ? entity : new Entity(entity.Uid, entity.Attributes, ancestors, entity.Tags);

    // The depth of a value is bounded, so this may recurse.
    private static void AddUids(Value value, List<EntityUid> uids)
    {
        if (value is EntityUid uid)
        {
            uids.Add(uid);
        }
        else if (value is RecordValue record)
        {
            foreach (Value member in record.Values)
            {
                AddUids(member, uids);
            }
        }
    }
}
