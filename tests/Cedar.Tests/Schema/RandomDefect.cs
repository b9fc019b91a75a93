using AccessGov.Cedar.Tests.Validation;

namespace AccessGov.Cedar.Tests.Schemas;

/// <summary>One thing made wrong in an entity or a context that conformed, and where the error must be found.</summary>
internal sealed class RandomDefect
{
    private readonly TypedWorld world;
    private readonly Random random;

    public RandomDefect(TypedWorld world, int seed)
    {
        this.world = world;
        random = new Random(seed);
        Entity[] entities = [.. world.Store.Entities.Where(entity => entity.Uid.Type != "Action").OrderBy(entity => entity.Uid.ToString(), StringComparer.Ordinal)];
        Entity = Damage(entities[random.Next(entities.Length)]);
    }

    /// <summary>The wrong entity, or null when the chosen part had nothing that could be made wrong.</summary>
    public Entity? Entity { get; }

    public string What { get; private set; } = "";

    public string Path { get; private set; } = "";

    public string Complaint { get; private set; } = "";

    /// <summary>The context of a request with one thing wrong, or null; <see cref="Path"/> and the rest then speak of it.</summary>
    public RecordValue? InContext(Request request) => Record(request.Context, world.Schema.Actions[request.Action].Context, "context");

    private Entity? Damage(Entity entity)
    {
        SchemaEntityType type = world.Schema.EntityTypes[entity.Uid.Type];
        switch (random.Next(5))
        {
            case 0:
                Say("a type that is not declared", "uid", "`Ghost` is not an entity type of the schema.");
                return new Entity(new EntityUid("Ghost", entity.Uid.Id), entity.Attributes, entity.Parents, entity.Tags);
            case 1 when type.Choices is not null:
                Say("an id that is not listed", "uid", "There is no Shade::\"grey\": the ids of `Shade` are \"dark\", \"light\".");
                return new Entity(new EntityUid("Shade", "grey"));
            case 2 when world.Schema.EntityTypes.Keys.FirstOrDefault(other => !type.Ancestors.Contains(other)) is { } stranger:
                Say("a parent of a wrong type", "parents", type.Ancestors.Count == 0 ? $"A `{type.Name}` has no parents" : $"{stranger}::\"x\" cannot be a parent of a `{type.Name}`");
                return new Entity(entity.Uid, entity.Attributes, [.. entity.Parents, new EntityUid(stranger, "x")], entity.Tags);
            case 3 when type.Tags is null:
                Say("tags where there are none", "tags", $"A `{type.Name}` has no tags.");
                return new Entity(entity.Uid, entity.Attributes, entity.Parents, RecordValue.Of(("k", Value.Of(1))));
            case 3:
                Path = "tags[\"k\"]";
                return WrongValue(type.Tags) is { } tag ? new Entity(entity.Uid, entity.Attributes, entity.Parents, RecordValue.Of(("k", tag))) : null;
            default:
                return Record(entity.Attributes, type.Attributes, "attrs") is { } attributes ? new Entity(entity.Uid, attributes, entity.Parents, entity.Tags) : null;
        }
    }

    private RecordValue? Record(RecordValue record, RecordSchemaType type, string path)
    {
        var attributes = Enumerable.Range(0, record.Count).Select(i => (Name: record.Names[i], Value: record.Values[i])).ToList();
        switch (random.Next(4))
        {
            case 0:
                string[] required = [.. type.Attributes.Where(attribute => attribute.Value.IsRequired).Select(attribute => attribute.Key)];
                if (required.Length == 0)
                {
                    return null;
                }

                string missing = required[random.Next(required.Length)];
                attributes.RemoveAll(attribute => attribute.Name == missing);
                Say("a required attribute missing", Member(path, missing), "This is required and missing; expected ");
                break;
            case 1:
                attributes.Add(("stranger", Value.Of(1)));
                Say("an attribute that is not declared", Member(path, "stranger"), "This is not declared; expected ");
                break;
            default:
                if (attributes.Count == 0)
                {
                    return null;
                }

                int place = random.Next(attributes.Count);
                (string name, Value value) = attributes[place];
                Path = Member(path, name);
                SchemaType attributeType = type.Attributes[name].Type;
                Value? wrong = attributeType is RecordSchemaType nested && value is RecordValue inner && random.Next(3) > 0
                    ? Record(inner, nested, Path)
                    : WrongValue(attributeType);
                if (wrong is null)
                {
                    return null;
                }

                attributes[place] = (name, wrong);
                break;
        }

        return RecordValue.Of([.. attributes]);
    }

    /// <summary>A value that is none of the type, or a set with a member that is none of the element's.</summary>
    private Value? WrongValue(SchemaType type)
    {
        if (type is SetSchemaType set && random.Next(2) == 0)
        {
            Path += "[]";
            return WrongValue(set.Element) is { } member ? new SetValue([world.Make(set.Element), member]) : null;
        }

        if (type is EntitySchemaType { Name: "Shade" } && random.Next(2) == 0)
        {
            Say("an id that is not listed", Path, "There is no Shade::\"grey\"");
            return new EntityUid("Shade", "grey");
        }

        Value wrong = type is LongSchemaType ? Value.Of("1") : Value.Of(1);
        Say("a value of a wrong type", Path, $"Expected {Name(type)}, found {(type is LongSchemaType ? "string" : "long")}.");
        return wrong;
    }

    private static string Name(SchemaType type) => type switch
    {
        BoolSchemaType => "Bool",
        LongSchemaType => "Long",
        StringSchemaType => "String",
        EntitySchemaType entity => entity.Name,
        ExtensionSchemaType extension => extension.Name,
        SetSchemaType set => $"Set<{Name(set.Element)}>",
        _ => "a record",
    };

    private void Say(string what, string path, string complaint) => (What, Path, Complaint) = (what, path, complaint);

    private static string Member(string path, string name) => name.Contains(' ', StringComparison.Ordinal) ? $"{path}[\"{name}\"]" : $"{path}.{name}";
}
