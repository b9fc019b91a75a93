namespace AccessGov.Cedar.Tests.Differential;

/// <summary>
/// Entities and requests that fit a schema, but for a few: an entity may be missing from the data, have a wrong attribute or lack one, and
/// a request may name somebody nobody knows. Integers stay exact in JavaScript.
/// </summary>
internal sealed class HospitalWorld
{
    private static readonly string[] Texts = ["", "a", "ct", "mr", "CT head", "a*b", "\\", "\"quoted\"", "line\nbreak", "naïve", "😀", "emergency", "ct-thorax-ct"];
    private static readonly string[] Keys = ["badge", "a", "", "two words"];
    private static readonly long[] Integers = [0, 1, 2, 3, 10, 17, 18, -1, -40, 65, 1_000_000, (1L << 53) - 1, -(1L << 53) + 1];

    private readonly Random random;
    private readonly Dictionary<string, int> counts = new(StringComparer.Ordinal);

    public HospitalWorld(Random random, Schema schema, int entities)
    {
        this.random = random;
        Schema = schema;
        int share = entities / 20;
        (string Type, int Count)[] sizes =
            [("Department", 2 + share), ("Team", 2 + (2 * share)), ("User", 3 + (5 * share)), ("Device", 2 + share), ("Patient", 2 + (4 * share))];
        foreach ((string type, int count) in sizes)
        {
            counts[$"Hospital::{type}"] = count;
        }

        counts["Hospital::Study"] = Math.Max(1, entities - counts.Values.Sum());
        Entities = [.. schema.ActionEntities, .. counts.SelectMany(type => Enumerable.Range(0, type.Value).Select(place => Entity(type.Key, place))).OfType<Entity>()];
        Store = EntityStore.Create(Entities);
    }

    public Schema Schema { get; }

    public IReadOnlyList<Entity> Entities { get; }

    public EntityStore Store { get; }

    public Request Request()
    {
        SchemaAction action = One([.. Schema.Actions.Values.Where(action => action.PrincipalTypes.Count > 0)]);
        Request request = new(Uid(One(action.PrincipalTypes)), action.Uid, Uid(One(action.ResourceTypes)), (RecordValue)Of(action.Context));
        return random.Next(12) switch
        {
            0 => request with { Principal = new EntityUid("Hospital::User", "nobody") },
            1 => request with { Resource = Uid(One([.. Schema.EntityTypes.Keys])) },
            2 => request with { Action = new EntityUid("Hospital::Action", "unheard of") },
            3 => request with { Context = RecordValue.Empty },
            4 => request with { Principal = new EntityUid("Stranger", "x") },
            _ => request,
        };
    }

    /// <summary>An entity of the type, most times one of the first few: policies, hierarchy and requests shall meet.</summary>
    public EntityUid Uid(string type)
    {
        if (Schema.EntityTypes.GetValueOrDefault(type)?.Choices is { } choices)
        {
            return new EntityUid(type, One(choices));
        }

        int count = Math.Max(1, counts.GetValueOrDefault(type));
        return new EntityUid(type, $"{type[(type.LastIndexOf(':') + 1)..]} {random.Next(random.Next(3) > 0 ? Math.Min(count, 6) : count)}");
    }

    public string Text() => One(Texts);

    public string Key() => One(Keys);

    public long Integer() => One(Integers);

    public string Argument(string type) => type switch
    {
        "ipaddr" => One(["10.0.0.1", "10.0.0.0/8", "192.168.1.77", "192.168.1.0/24", "127.0.0.1", "::1", "ff02::1", "2001:db8::/32", "224.0.0.1", "0.0.0.0/0"]),
        "decimal" => One(["0.0", "1.5", "-0.5", "3.1415", "922337203685477.5807", "-922337203685477.5808", "80.25"]),
        "datetime" => One(["2024-02-29", "1970-01-01T00:00:00Z", "2025-06-01T12:30:00.250Z", "2025-06-01T12:30:00+0200", "1931-12-24"]),
        _ => One(["0ms", "1h30m", "-90m", "1d2h3m4s5ms", "8h", "9223372036854775807ms", "100d"]),
    };

    private Entity? Entity(string type, int place)
    {
        if (random.Next(30) == 0)
        {
            return null;
        }

        SchemaEntityType declared = Schema.EntityTypes[type];
        string name = type[(type.LastIndexOf(':') + 1)..];
        EntityUid[] parents = [.. declared.Parents.SelectMany(parent => Enumerable.Range(0, random.Next(3)).Select(_ => Parent(type, place, parent))).OfType<EntityUid>().Distinct()];
        RecordValue tags = declared.Tags is null
            ? RecordValue.Empty
            : new RecordValue(Keys.Where(_ => random.Next(2) == 0).Select(key => KeyValuePair.Create(key, Of(declared.Tags))));
        RecordValue attributes = random.Next(40) == 0 ? RecordValue.Of(("age", Value.Of("old")), ("name", Value.Of(7))) : (RecordValue)Of(declared.Attributes);
        return new Entity(new EntityUid(type, $"{name} {place}"), attributes, parents, tags);
    }

    // Among equals only earlier ones are parents, so that there is no cycle.
    private EntityUid? Parent(string type, int place, string parent) =>
        parent != type ? Uid(parent) : place == 0 ? null : new EntityUid(type, $"{type[(type.LastIndexOf(':') + 1)..]} {random.Next(Math.Max(0, place - 5), place)}");

    private Value Of(SchemaType type) => type switch
    {
        BoolSchemaType => Value.Of(random.Next(2) == 0),
        LongSchemaType => Value.Of(Integer()),
        StringSchemaType => Value.Of(Text()),
        EntitySchemaType entity => Uid(entity.Name),
        SetSchemaType set => new SetValue(Enumerable.Range(0, random.Next(4)).Select(_ => Of(set.Element))),
        RecordSchemaType record => new RecordValue(record.Attributes
            .Where(attribute => attribute.Value.IsRequired ? random.Next(200) > 0 : random.Next(2) == 0)
            .Select(attribute => KeyValuePair.Create(attribute.Key, Of(attribute.Value.Type)))),
        ExtensionSchemaType extension => ExtensionFunction.Find(extension.Name is "ipaddr" ? "ip" : extension.Name)!.Call([Value.Of(Argument(extension.Name))]),
        _ => throw new ArgumentOutOfRangeException(nameof(type)),
    };

    private T One<T>(IReadOnlyList<T> choices) => choices[random.Next(choices.Count)];
}
