namespace AccessGov.Cedar.Tests.Validation;

/// <summary>
/// A random schema, and entities and requests that conform to it, all from one seed. Every entity that anything refers to exists, and
/// numbers are small: the two errors that the validator does not promise away cannot happen.
/// </summary>
internal sealed class TypedWorld
{
    public static readonly string[] Ids = ["a", "b", "c"];
    public static readonly string[] Tags = ["k", "l"];
    public static readonly string[] Texts = ["", "ada", "a*b"];

    private static readonly string[] AttributeNames = ["flag", "count", "name", "friend", "more", "set", "from", "odd name"];
    private static readonly string[] EntityTypes = ["T0", "T1", "T2", "N::T3"];
    private static readonly string[] Flat = ["Bool", "Long", "String", "ipaddr", "decimal", "datetime", "duration", "Shade", .. EntityTypes];

    private readonly Random random;

    public TypedWorld(int seed)
    {
        random = new Random(seed);
        Text = WriteSchema();
        Schema = Schema.Parse(Text, $"seed {seed}");
        Store = EntityStore.Create([.. MakeEntities(), .. Schema.ActionEntities]);
    }

    public string Text { get; }

    public Schema Schema { get; }

    public EntityStore Store { get; }

    /// <summary>A request for an action, with types of principal and resource that it applies to.</summary>
    public Request Request()
    {
        SchemaAction action = One([.. Schema.Actions.Values.Where(action => action.PrincipalTypes.Count > 0)]);
        return new Request(Uid(One(action.PrincipalTypes)), action.Uid, Uid(One(action.ResourceTypes)), Record(action.Context));
    }

    public Value Make(SchemaType type) => type switch
    {
        BoolSchemaType => Value.Of(random.Next(2) == 0),
        LongSchemaType => Value.Of(random.Next(-2, 3)),
        StringSchemaType => Value.Of(One(Texts)),
        EntitySchemaType entity => Uid(entity.Name),
        SetSchemaType set => new SetValue([.. Enumerable.Range(0, random.Next(3)).Select(_ => Make(set.Element))]),
        RecordSchemaType record => Record(record),
        ExtensionSchemaType extension => Extension(extension.Name),
        _ => throw new ArgumentException(type.ToString(), nameof(type)),
    };

    /// <summary>Right arguments of the constructor of an extension type, all of them small.</summary>
    public static (string Constructor, string[] Arguments) Literals(string extension) => extension switch
    {
        "ipaddr" => ("ip", ["10.0.0.1", "10.0.0.0/8", "::1", "224.0.0.1"]),
        "decimal" => ("decimal", ["1.5", "-0.25", "0.0"]),
        "datetime" => ("datetime", ["2025-01-31", "2024-02-29T23:59:59Z", "1969-12-31"]),
        _ => ("duration", ["1d12h", "-90s", "0ms"]),
    };

    private Value Extension(string name)
    {
        (string constructor, string[] arguments) = Literals(name);
        return ExtensionFunction.Find(constructor)!.Call([Value.Of(One(arguments))]);
    }

    private RecordValue Record(RecordSchemaType type) => RecordValue.Of(
        [.. type.Attributes.Where(attribute => attribute.Value.IsRequired || random.Next(2) == 0).Select(attribute => (attribute.Key, Make(attribute.Value.Type)))]);

    private EntityUid Uid(string type) => new(type, type == "Shade" ? One(["dark", "light"]) : One(Ids));

    private IEnumerable<Entity> MakeEntities()
    {
        // Parents come later in the order than their children, so there is no cycle.
        EntityUid[] all = [.. Schema.EntityTypes.Values.SelectMany(type => (type.Choices ?? Ids).Select(id => new EntityUid(type.Name, id)))];
        random.Shuffle(all);
        for (int i = 0; i < all.Length; i++)
        {
            SchemaEntityType type = Schema.EntityTypes[all[i].Type];
            EntityUid[] parents = [.. all.Skip(i + 1).Where(above => type.Parents.Contains(above.Type) && random.Next(3) == 0)];
            RecordValue? tags = type.Tags is null
                ? null
                : RecordValue.Of([.. Tags.Where(_ => random.Next(3) > 0).Select(tag => (tag, Make(type.Tags)))]);
            yield return new Entity(all[i], Record(type.Attributes), parents, tags);
        }
    }

    private string WriteSchema()
    {
        string entities = string.Concat(EntityTypes[..3].Select(WriteEntity));
        return $$"""
            type Shared = {{WriteRecord(1)}};
            entity Shade enum ["dark", "light"];
            {{entities}}namespace N { {{WriteEntity("T3")}}}
            action all;
            action read in [all];
            action view, edit in [read] appliesTo { principal: [T0, T1], resource: [{{One(EntityTypes)}}], context: {{WriteRecord(2)}} };
            action store in [all] appliesTo { principal: [T0, N::T3], resource: [T1, T2], context: Shared };
            """;
    }

    private string WriteEntity(string name)
    {
        string parents = string.Join(", ", EntityTypes.Where(_ => random.Next(3) == 0));
        string tags = random.Next(2) == 0 ? "" : $" tags {WriteType(1)}";
        return $"entity {name} in [{parents}] {WriteRecord(2)}{tags};\n";
    }

    private string WriteRecord(int depth) => $"{{ {string.Join(", ", AttributeNames.Where(_ => random.Next(3) > 0).Select(
        name => $"\"{name}\"{(random.Next(3) == 0 ? "?" : "")}: {WriteType(depth)}"))} }}";

    private string WriteType(int depth) => random.Next(depth > 0 ? 8 : 5) switch
    {
        5 => $"Set<{WriteType(depth - 1)}>",
        6 => WriteRecord(depth - 1),
        7 when depth > 1 => "Shared",
        0 => One(EntityTypes),
        _ => One(Flat),
    };

    private T One<T>(IReadOnlyList<T> choices) => choices[random.Next(choices.Count)];
}
