namespace AccessGov.Cedar;

/// <summary>A request and its entities after changes: the changed entities lie over the old ones.</summary>
internal static class ChangedWorld
{
    /// <summary>Null when the changes make no sense: a member inside what is no record, a cycle of groups, a value nested too deeply.</summary>
    /// <param name="changes">What changes.</param>
    /// <param name="request">The request before.</param>
    /// <param name="entities">The entities before.</param>
    /// <param name="possible">Asked whether the changed world can be; null when that does not matter.</param>
    public static (Request Request, IEntities Entities)? Apply(ChangeSet changes, Request request, IEntities entities, PossibleChanges? possible = null)
    {
        var changed = new Dictionary<EntityUid, Entity>();
        RecordValue context = request.Context;
        foreach (Change change in changes.Changes)
        {
            if (change.Place.Entity is not { } uid)
            {
                if (Replace(context, change.Place.Path, 0, change.Target) is not { } replaced)
                {
                    return null;
                }

                context = replaced;
                continue;
            }

            Entity entity = changed.GetValueOrDefault(uid) ?? entities.Find(uid) ?? new Entity(uid);
            if (Apply(change, entity, entities) is not { } after)
            {
                return null;
            }

            changed[uid] = after;
        }

        if (possible?.Accepts(request with { Context = context }, changed.Values) == false)
        {
            return null;
        }

        try
        {
            return (request with { Context = context }, changed.Count == 0 ? entities : new EntityOverlay(entities, [.. changed.Values]));
        }
        catch (EntityDataException)
        {
            // The only refusal of an overlay is a cycle: nobody can be put into a group that lies in them.
            return null;
        }
    }

    /// <summary>What lies at an attribute, a context member or a tag; null where nothing does.</summary>
    public static Value? ValueAt(ValuePlace place, in Request request, IEntities entities)
    {
        Value? value = place.Entity is not { } uid ? request.Context
            : place.Kind == PlaceKind.Tag ? entities.Find(uid)?.Tags
            : entities.Find(uid)?.Attributes;
        foreach (string name in place.Path)
        {
            value = (value as RecordValue)?.Find(name);
        }

        return value;
    }

    private static Entity? Apply(Change change, Entity entity, IEntities entities)
    {
        switch (change.Kind)
        {
            case ChangeKind.AddToGroup:
                return new Entity(entity.Uid, entity.Attributes, [.. entity.Parents, (EntityUid)change.Target!], entity.Tags);
            case ChangeKind.RemoveFromGroup:
                var group = (EntityUid)change.Target!;
                return new Entity(
                    entity.Uid, entity.Attributes, entity.Parents.Where(parent => parent != group && !entities.IsDescendant(parent, group)), entity.Tags);
            case var _ when change.Place.Kind == PlaceKind.Tag:
                return Replace(entity.Tags, change.Place.Path, 0, change.Target) is { } tags
                    ? new Entity(entity.Uid, entity.Attributes, entity.Parents, tags)
                    : null;
            default:
                return Replace(entity.Attributes, change.Place.Path, 0, change.Target) is { } attributes
                    ? new Entity(entity.Uid, attributes, entity.Parents, entity.Tags)
                    : null;
        }
    }

    private static RecordValue? Replace(RecordValue record, IReadOnlyList<string> path, int at, Value? target)
    {
        // A path is as long as a chain of accesses in a policy, so the height of its tree bounds the recursion.
        string name = path[at];
        Value? member = record.Find(name);
        if (at < path.Count - 1)
        {
            RecordValue? inner = member is null ? RecordValue.Empty : member as RecordValue;
            target = inner is null ? null : Replace(inner, path, at + 1, target);
            if (target is null)
            {
                return null;
            }
        }

        if (target is { Depth: >= Value.DepthMax })
        {
            return null;
        }

        var members = new List<KeyValuePair<string, Value>>();
        for (int i = 0; i < record.Count; i++)
        {
            if (!string.Equals(record.Names[i], name, StringComparison.Ordinal))
            {
                members.Add(new(record.Names[i], record.Values[i]));
            }
        }

        if (target is not null)
        {
            members.Add(new(name, target));
        }

        return new RecordValue(members);
    }
}
