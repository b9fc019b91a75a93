namespace AccessGov.Cedar.Tests.Differential;

/// <summary>
/// Expressions over the types of one request environment, as text. What is read on the way and may be absent is collected, so that a
/// test can be put behind its guards.
/// </summary>
internal sealed class HospitalExpressions(Random random, HospitalWorld world, bool hasMistakes)
{
    private const int StepsMax = 3;

    private static readonly SchemaType[] Simple =
    [
        SchemaType.Bool, SchemaType.Long, SchemaType.String, Extension("ipaddr"), Extension("decimal"), Extension("datetime"), Extension("duration"),
        new EntitySchemaType("Hospital::User"), new EntitySchemaType("Hospital::Department"), new EntitySchemaType("Hospital::Role"),
        new SetSchemaType(SchemaType.String), new SetSchemaType(SchemaType.Long), new SetSchemaType(new EntitySchemaType("Hospital::User")),
    ];

    private readonly List<string> guards = [];

    public required SchemaEntityType Principal { get; init; }

    public required SchemaEntityType Resource { get; init; }

    public required RecordSchemaType Context { get; init; }

    /// <summary>A test behind the guards it needs; with mistakes some are forgotten.</summary>
    public string Guarded(int depth)
    {
        int outside = guards.Count;
        string test = Test(depth);
        string[] own = [.. guards.Skip(outside).Distinct().Where(_ => !hasMistakes || random.Next(8) > 0)];
        guards.RemoveRange(outside, guards.Count - outside);
        return own.Length == 0 ? test : $"({string.Join(" && ", own)} && {test})";
    }

    private string Test(int depth)
    {
        if (depth <= 0)
        {
            return Comparison(0);
        }

        return random.Next(9) switch
        {
            0 or 1 => $"({Guarded(depth - 1)} && {Guarded(depth - 1)})",
            2 or 3 => $"({Guarded(depth - 1)} || {Guarded(depth - 1)})",
            4 => $"!({Guarded(depth - 1)})",
            5 => $"(if {Guarded(depth - 1)} then {Guarded(depth - 1)} else {Guarded(depth - 1)})",
            _ => Comparison(depth - 1),
        };
    }

    private string Comparison(int depth)
    {
        switch (random.Next(17))
        {
            case 0:
            {
                SchemaType type = One(Simple);
                return $"({Of(type, depth)} {One(["==", "!="])} {Of(type, depth)})";
            }

            case 1: return $"({Of(SchemaType.Long, depth)} {Order()} {Of(SchemaType.Long, depth)})";
            case 2: return $"({Of(Extension("datetime"), depth)} {Order()} {Of(Extension("datetime"), depth)})";
            case 3: return $"({Of(Extension("duration"), depth)} {Order()} {Of(Extension("duration"), depth)})";
            case 4: return $"{Of(Extension("decimal"), depth)}.{One(["lessThan", "lessThanOrEqual", "greaterThan", "greaterThanOrEqual"])}({Of(Extension("decimal"), depth)})";
            case 5: return $"{Of(Extension("ipaddr"), depth)}.isInRange({Of(Extension("ipaddr"), depth)})";
            case 6: return $"{Of(Extension("ipaddr"), depth)}.{One(["isIpv4", "isIpv6", "isLoopback", "isMulticast"])}()";
            case 7: return $"({Of(SchemaType.String, depth)} like {HospitalPatterns.Of(world.Text(), random)})";
            case 8: return $"({One(["principal", "resource"])} in {Groups(depth)})";
            case 9: return Tags();
            case 10 or 11 or 12: return Sets(depth);
            case 13: return $"{Of(new SetSchemaType(SchemaType.String), depth)}.isEmpty()";
            case 14: return $"({One(["principal", "resource"])} is {One([Principal.Name, Resource.Name, "Hospital::Team"])})";
            default: return Of(SchemaType.Bool, depth);
        }
    }

    private string Groups(int depth) => random.Next(3) switch
    {
        0 => world.Uid(One([.. Principal.Ancestors, .. Resource.Ancestors, Principal.Name])).ToString(),
        1 => $"[{world.Uid("Hospital::Department")}, {world.Uid("Hospital::Department")}]",
        _ => Of(new EntitySchemaType(One([.. Resource.Ancestors, .. Principal.Ancestors, Resource.Name])), depth),
    };

    private string Sets(int depth)
    {
        SchemaType element = One([SchemaType.String, SchemaType.Long, new EntitySchemaType("Hospital::User")]);
        string set = Of(new SetSchemaType(element), depth);
        return random.Next(6) switch
        {
            0 or 1 => $"{set}.contains({Of(element, depth)})",
            2 => $"{set}.{One(["containsAll", "containsAny"])}({Of(new SetSchemaType(element), depth)})",
            3 => $"{Members(element, 6)}.{One(["containsAll", "containsAny"])}({set})",

            // Some of the members in common and not all: where `containsAll` and `containsAny` differ.
            4 => $"{set}.{One(["containsAll", "containsAny"])}({Members(element, 6)})",
            _ => $"{Members(element, 3)}.{One(["containsAll", "containsAny"])}({Members(element, 3)})",
        };
    }

    private string Members(SchemaType element, int count) => $"[{string.Join(", ", Enumerable.Range(0, count).Select(_ => Literal(element)))}]";

    private string Tags()
    {
        (string variable, SchemaEntityType type) = random.Next(2) == 0 ? ("principal", Principal) : ("resource", Resource);
        if (type.Tags is null && !hasMistakes)
        {
            return "true";
        }

        string key = Value.Of(world.Key()).ToString();
        string guard = $"{variable}.hasTag({key})";
        return random.Next(3) switch
        {
            0 => guard,
            1 when hasMistakes => $"({variable}.getTag({key}) == {Of(type.Tags ?? SchemaType.String, 0)})",
            _ => $"({guard} && {variable}.getTag({key}) == {Of(type.Tags ?? SchemaType.String, 0)})",
        };
    }

    private string Of(SchemaType wanted, int depth)
    {
        SchemaType type = hasMistakes && random.Next(30) == 0 ? One(Simple) : wanted;
        if (random.Next(4) > 0 && Path(type) is { } path)
        {
            return path;
        }

        return depth > 0 && random.Next(3) == 0 ? Computed(type, depth - 1) : Literal(type);
    }

    private string Computed(SchemaType type, int depth) => type switch
    {
        BoolSchemaType => Test(depth),
        LongSchemaType => random.Next(4) switch
        {
            0 => $"-({Of(type, depth)})",
            1 => $"{Of(Extension("duration"), depth)}.{One(["toMilliseconds", "toSeconds", "toMinutes", "toHours", "toDays"])}()",
            _ => $"({Of(type, depth)} {One(["+", "-", "*"])} {Of(type, depth)})",
        },
        ExtensionSchemaType { Name: "datetime" } => random.Next(2) == 0
            ? $"{Of(type, depth)}.toDate()"
            : $"{Of(type, depth)}.offset({Of(Extension("duration"), depth)})",
        ExtensionSchemaType { Name: "duration" } => random.Next(2) == 0
            ? $"{Of(Extension("datetime"), depth)}.toTime()"
            : $"{Of(Extension("datetime"), depth)}.durationSince({Of(Extension("datetime"), depth)})",
        SetSchemaType set => $"[{Of(set.Element, depth)}, {Of(set.Element, depth)}]",
        _ => $"(if {Guarded(0)} then {Of(type, depth)} else {Of(type, depth)})",
    };

    private string Literal(SchemaType type) => type switch
    {
        BoolSchemaType => random.Next(2) == 0 ? "true" : "false",
        LongSchemaType => random.Next(6) == 0
            ? One(["9223372036854775807", "(-9223372036854775808)"]) // in front of an access the sign is none of the literal's
            : $"{world.Integer()}",
        StringSchemaType => Value.Of(world.Text()).ToString(),
        EntitySchemaType entity => hasMistakes && random.Next(20) == 0 ? $"{entity.Name}::\"nobody\"" : world.Uid(entity.Name).ToString(),
        SetSchemaType when hasMistakes && random.Next(10) == 0 => "[]",
        SetSchemaType set => $"[{string.Join(", ", Enumerable.Range(0, 1 + random.Next(3)).Select(_ => Literal(set.Element)))}]",
        ExtensionSchemaType extension => $"{(extension.Name is "ipaddr" ? "ip" : extension.Name)}({Argument(extension.Name)})",
        RecordSchemaType record => $"{{{string.Join(", ", record.Attributes.Select(attribute => $"{Value.Of(attribute.Key)}: {Literal(attribute.Value.Type)}"))}}}",
        _ => throw new ArgumentOutOfRangeException(nameof(type)),
    };

    private string Argument(string name) => hasMistakes && random.Next(15) == 0
        ? One(["\"nonsense\"", "context.reason", "1", "\"10.0.0.256\"", "\"1.23456\"", "\"2024-13-01\"", "\"1x\""])
        : $"\"{world.Argument(name)}\"";

    /// <summary>A way to a value of the type from a variable, its guards collected; null when none is found at random.</summary>
    private string? Path(SchemaType wanted)
    {
        for (int attempt = 0; attempt < 12; attempt++)
        {
            (string path, SchemaType type) = random.Next(3) switch
            {
                0 => ("principal", (SchemaType)new EntitySchemaType(Principal.Name)),
                1 => ("resource", new EntitySchemaType(Resource.Name)),
                _ => ("context", Context),
            };
            var needed = new List<string>();
            for (int step = 0; step < StepsMax && Attributes(type) is { Count: > 0 } attributes && !type.Equals(wanted); step++)
            {
                (string name, SchemaAttribute attribute) = One([.. attributes]);
                string key = name.Contains(' ', StringComparison.Ordinal) || name is "in" ? $"\"{name}\"" : name;
                if (!attribute.IsRequired)
                {
                    needed.Add($"{path} has {key}");
                }

                (path, type) = (key[0] == '"' ? $"{path}[{key}]" : $"{path}.{key}", attribute.Type);
            }

            if (type.Equals(wanted))
            {
                guards.AddRange(needed);
                return path;
            }
        }

        return null;
    }

    private IReadOnlyDictionary<string, SchemaAttribute>? Attributes(SchemaType type) => type switch
    {
        RecordSchemaType record => record.Attributes,
        EntitySchemaType entity => world.Schema.EntityTypes[entity.Name].Attributes.Attributes,
        _ => null,
    };

    private string Order() => One(["<", "<=", ">", ">="]);

    private T One<T>(IReadOnlyList<T> choices) => choices[random.Next(choices.Count)];

    private static ExtensionSchemaType Extension(string name) => new(name);
}
