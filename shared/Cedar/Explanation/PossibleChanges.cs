namespace AccessGov.Cedar;

/// <summary>
/// What changes can be where they are put: where any value would do, one of the declared type, and with it whatever else the record around it needs.
/// Without a schema nothing is known of types, and everything is possible.
/// </summary>
internal sealed class PossibleChanges(Schema? schema, Request request, IEntities entities)
{
    // Where any value would do, the first may make another policy fail that the second leaves alone. Two such values are tried in all combinations.
    private const int ChoicesMax = 3;
    private const int VariantsMax = ChoicesMax * ChoicesMax;

    private static readonly Value[] Untyped = [BoolValue.True, Value.Of(0), Value.Of("example")];

    /// <summary>The set with possible values, in several variants where one of its values may be any; nothing when the schema refuses it.</summary>
    public IEnumerable<ChangeSet> Variants(ChangeSet set)
    {
        int free = set.Changes.Count(IsFree);
        int count = free == 0 ? 1 : free == 1 ? ChoicesMax : VariantsMax;
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (int variant = 0; variant < count; variant++)
        {
            if (Fitted(set, variant) is { } fitted && seen.Add(fitted.Key))
            {
                yield return fitted;
            }
        }
    }

    /// <summary>Whether the schema takes the changed world; what was not changed is not looked at again.</summary>
    public bool Accepts(in Request changed, IEnumerable<Entity> entities) =>
        schema is null || ((ReferenceEquals(changed.Context, request.Context) || schema.Check(changed).Count == 0) && entities.All(entity => schema.Check(entity).Count == 0));

    private ChangeSet? Fitted(ChangeSet set, int variant)
    {
        var fitted = new List<Change>(set.Count);
        foreach (Change change in set.Changes)
        {
            int choice = variant % ChoicesMax;
            if (IsFree(change))
            {
                variant /= ChoicesMax;
            }

            if (change.Kind != ChangeKind.Set)
            {
                fitted.Add(change);
            }
            else if (schema is null)
            {
                fitted.Add(change.IsAnyValue ? change.Instead(change.Place, Untyped[choice]) : change);
            }
            else if (Declared(change, choice, fitted) is { } declared)
            {
                fitted.RemoveAll(other => other.Kind == ChangeKind.Set && other.Place.Equals(declared.Place));
                fitted.Add(declared);
            }
            else
            {
                return null;
            }
        }

        return ChangeSet.Of(fitted);
    }

    /// <summary>The change with a value of the declared type; null where nothing is declared.</summary>
    private Change? Declared(Change change, int variant, List<Change> before)
    {
        ValuePlace place = change.Place;
        (SchemaType? type, Value? value) = place.Entity is not { } uid ? (schema!.Actions.GetValueOrDefault(request.Action)?.Context, request.Context)
            : (RootOf(place, schema!.EntityTypes.GetValueOrDefault(uid.Type)), place.Kind == PlaceKind.Tag ? entities.Find(uid)?.Tags : entities.Find(uid)?.Attributes);
        for (int at = 0; at < place.Path.Count; at++)
        {
            string name = place.Path[at];
            type = at == 0 && place.Kind == PlaceKind.Tag ? type : (type as RecordSchemaType)?.Attributes.GetValueOrDefault(name)?.Type;
            value = (value as RecordValue)?.Find(name);
            if (type is null)
            {
                return null;
            }

            if (value is null && at < place.Path.Count - 1)
            {
                ValuePlace around = place.Around(at + 1);
                Value whole = before.Find(other => other.Kind == ChangeKind.Set && other.Place.Equals(around))?.Target ?? Example(type, variant);
                return Within(type, whole, place.Path, at + 1, change, variant) is { } target ? change.Instead(around, target) : null;
            }
        }

        return change.IsAnyValue || (change.IsExample && !Fits(change.Target!, type!)) ? change.Instead(place, Example(type!, variant)) : change;
    }

    // An example is chosen without knowing the type: with a schema another may have to take its place.
    private bool IsFree(Change change) => change.IsAnyValue || (schema is not null && change is { Kind: ChangeKind.Set, IsExample: true });

    private bool Fits(Value value, SchemaType type) => type switch
    {
        BoolSchemaType => value is BoolValue,
        LongSchemaType => value is LongValue,
        StringSchemaType => value is StringValue,
        SetSchemaType set => value is SetValue members && members.Members.ToArray().All(member => Fits(member, set.Element)),
        EntitySchemaType entity => value is EntityUid uid && uid.Type == entity.Name && schema!.EntityTypes.GetValueOrDefault(uid.Type)?.Allows(uid.Id) != false,
        _ => true,
    };

    private static SchemaType? RootOf(ValuePlace place, SchemaEntityType? type) => place.Kind == PlaceKind.Tag ? type?.Tags : type?.Attributes;

    /// <summary>A record with the change's value at the rest of the path; null where nothing is declared there.</summary>
    private Value? Within(SchemaType type, Value whole, IReadOnlyList<string> path, int at, Change change, int variant)
    {
        if (at == path.Count)
        {
            return change.IsAnyValue ? Example(type, variant) : change.Target;
        }

        if (whole is not RecordValue record || (type as RecordSchemaType)?.Attributes.GetValueOrDefault(path[at])?.Type is not { } inner
            || Within(inner, record.Find(path[at]) ?? Example(inner, variant), path, at + 1, change, variant) is not { } member)
        {
            return null;
        }

        List<KeyValuePair<string, Value>> members = [.. record.Names.ToArray().Zip(record.Values.ToArray(), KeyValuePair.Create)];
        int place = members.FindIndex(pair => pair.Key == path[at]);
        if (place < 0)
        {
            members.Add(KeyValuePair.Create(path[at], member));
        }
        else
        {
            members[place] = KeyValuePair.Create(path[at], member);
        }

        return new RecordValue(members);
    }

    private Value Example(SchemaType type, int variant) => type switch
    {
        BoolSchemaType => Value.Of(variant % 2 == 0),
        LongSchemaType => Value.Of(variant),
        StringSchemaType => Value.Of(variant == 0 ? "example" : variant == 1 ? "" : "other"),
        SetSchemaType set => variant == 0 ? SetValue.Empty : new SetValue([Example(set.Element, variant - 1)]),
        RecordSchemaType record => new RecordValue([.. record.Attributes.Where(pair => pair.Value.IsRequired).Select(pair => KeyValuePair.Create(pair.Key, Example(pair.Value.Type, variant)))]),
        EntitySchemaType entity => new EntityUid(entity.Name, IdOf(entity.Name, variant)),
        ExtensionSchemaType { Name: "ipaddr" } => Called("ip", "192.0.2.1"),
        ExtensionSchemaType { Name: "decimal" } => Called("decimal", "0.0"),
        ExtensionSchemaType { Name: "datetime" } => Called("datetime", "1970-01-01"),
        ExtensionSchemaType { Name: "duration" } => Called("duration", "0ms"),
        _ => throw new InvalidOperationException($"{type} is not a known type of a schema."),
    };

    private string IdOf(string type, int variant) =>
        schema!.EntityTypes.GetValueOrDefault(type)?.Choices is { Count: > 0 } choices ? choices[Math.Min(variant, choices.Count - 1)] : "example";

    private static Value Called(string constructor, string text) => ExtensionFunction.Find(constructor)!.Call([Value.Of(text)]);
}
