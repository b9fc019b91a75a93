namespace AccessGov.Cedar.Tests.Explaining;

/// <summary>
/// A request and its entities that changes are made to as their words say, by public members only and without anything that the search
/// for counterfactuals uses.
/// </summary>
internal sealed class MutableWorld
{
    private readonly Request request;
    private readonly Dictionary<EntityUid, Entity> entities;
    private RecordValue context;

    public MutableWorld(Request request, EntityStore entities)
    {
        this.request = request;
        this.entities = entities.Entities.ToDictionary(entity => entity.Uid);
        context = request.Context;
    }

    public static Response After(CompiledPolicySet policies, Request request, EntityStore entities, IEnumerable<Change> changes)
    {
        var world = new MutableWorld(request, entities);
        foreach (Change change in changes)
        {
            world.Make(change);
        }

        return policies.Evaluate(request with { Context = world.context }, EntityStore.Create(world.entities.Values));
    }

    /// <summary>What lies at a place, read as a policy would.</summary>
    public static Value? ValueAt(ValuePlace place, Request request, EntityStore entities)
    {
        RecordValue holder = place.Entity is not { } uid ? request.Context
            : (place.Kind == PlaceKind.Tag ? entities.Find(uid)?.Tags : entities.Find(uid)?.Attributes) ?? RecordValue.Empty;
        Value? found = holder.Find(place.Path[0]);
        return place.Path.Skip(1).Aggregate(found, (value, name) => value is RecordValue record ? record.Find(name) : null);
    }

    private void Make(Change change)
    {
        if (change.Place.Root == PlaceRoot.Context)
        {
            change.Place.Entity.ShouldBeNull();
            context = With(context, change.Place.Path, change.To);
            return;
        }

        EntityUid uid = change.Place.Entity!;
        EntityUid expected = change.Place.Root switch
        {
            PlaceRoot.Principal => request.Principal, PlaceRoot.Resource => request.Resource, PlaceRoot.Entity => uid,
            _ => throw new InvalidOperationException($"Nobody can change {change}."),
        };
        uid.ShouldBe(expected);
        Entity before = entities.GetValueOrDefault(uid) ?? new Entity(uid);
        entities[uid] = (change.Place.Kind, change.Kind) switch
        {
            (PlaceKind.Attribute, ChangeKind.Set or ChangeKind.Remove) =>
                new Entity(uid, With(before.Attributes, change.Place.Path, change.To), before.Parents, before.Tags),
            (PlaceKind.Tag, ChangeKind.Set or ChangeKind.Remove) =>
                new Entity(uid, before.Attributes, before.Parents, With(before.Tags, change.Place.Path, change.To)),
            (PlaceKind.Membership, ChangeKind.AddToGroup) =>
                new Entity(uid, before.Attributes, [.. before.Parents, (EntityUid)change.To!], before.Tags),
            (PlaceKind.Membership, ChangeKind.RemoveFromGroup) =>
                new Entity(uid, before.Attributes, before.Parents.Where(parent => !LiesIn(parent, (EntityUid)change.To!)), before.Tags),
            _ => throw new InvalidOperationException($"What is {change}?"),
        };
    }

    private bool LiesIn(EntityUid uid, EntityUid group) =>
        uid == group || (entities.GetValueOrDefault(uid)?.Parents.Any(parent => LiesIn(parent, group)) ?? false);

    private static RecordValue With(RecordValue record, IEnumerable<string> path, Value? value)
    {
        string name = path.First();
        var members = new Dictionary<string, Value>(StringComparer.Ordinal);
        for (int i = 0; i < record.Count; i++)
        {
            members.Add(record.Names[i], record.Values[i]);
        }

        if (path.Skip(1).Any())
        {
            members[name] = With((RecordValue?)members.GetValueOrDefault(name) ?? RecordValue.Empty, path.Skip(1), value);
        }
        else if (value is null)
        {
            members.Remove(name);
        }
        else
        {
            members[name] = value;
        }

        return new RecordValue(members);
    }
}
