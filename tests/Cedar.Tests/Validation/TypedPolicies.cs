namespace AccessGov.Cedar.Tests.Validation;

/// <summary>
/// Random policies that are right by a schema: made from the wanted type inwards, with a guard before everything that may be absent. With
/// <paramref name="mistakes"/> an operand has the wrong type or a guard is forgotten now and then, so that many are wrong.
/// </summary>
internal sealed class TypedPolicies(TypedWorld world, int seed, bool mistakes = false)
{
    private readonly Random random = new(seed);
    private List<string> guards = [];
    private SchemaAction action = world.Schema.Actions.Values.First();
    private string principal = "";
    private string resource = "";

    /// <summary>A policy for one kind of request, which its scope or its first condition names.</summary>
    public string Next(int depth = 3)
    {
        action = One([.. world.Schema.Actions.Values.Where(candidate => candidate.PrincipalTypes.Count > 0)]);
        principal = One(action.PrincipalTypes);
        resource = One(action.ResourceTypes);
        string condition = Guarded(depth);
        return random.Next(3) switch
        {
            0 => $"permit(principal is {principal}, action == {action.Uid}, resource is {resource}) when {{ {condition} }};",
            1 => $"permit(principal, action in [{action.Uid}], resource) when {{ principal is {principal} && resource is {resource} && ({condition}) }};",
            _ => $"permit(principal is {principal}, action, resource) when {{ action == {action.Uid} && resource is {resource} }} when {{ {condition} }};",
        };
    }

    // The guards of a test stand before it, in the order in which the paths were walked.
    private string Guarded(int depth)
    {
        List<string> outer = guards;
        guards = [];
        string test = Test(depth);
        string[] own = [.. guards.Distinct().Where(_ => !mistakes || random.Next(4) > 0)];
        guards = outer;
        return own.Length == 0 ? test
            : random.Next(4) == 0 ? $"(if {string.Join(" && ", own)} then {test} else {(random.Next(2) == 0 ? "false" : "true")})"
            : $"({string.Join(" && ", own)} && {test})";
    }

    private string Test(int depth)
    {
        if (depth == 0)
        {
            return Of(SchemaType.Bool, 0)!;
        }

        return random.Next(16) switch
        {
            0 => $"({Guarded(depth - 1)} && {Guarded(depth - 1)})",
            1 => $"({Guarded(depth - 1)} || {Guarded(depth - 1)})",
            2 => $"!({Test(depth - 1)})",
            3 => $"(if {Guarded(depth - 1)} then {Guarded(depth - 1)} else {Guarded(depth - 1)})",
            4 => Has(),
            5 => $"({Entity(depth)} is {One([.. world.Schema.EntityTypes.Keys])})",
            6 => $"({Entity(depth)} in {(random.Next(3) == 0 ? $"[{Uid(EntityType())}]" : Entity(depth))})",
            7 => random.Next(2) == 0 ? $"(action in {One([.. world.Schema.Actions.Keys])})" : $"(action == {One([.. world.Schema.Actions.Keys])})",
            8 => $"({Of(SchemaType.String, depth)} like \"a*\")",
            9 => $"{Entity(depth)}.hasTag(\"{One(TypedWorld.Tags)}\")",
            10 or 11 => SetTest(depth),
            12 => Compare(depth),
            13 => Call(depth),
            _ => Equal(depth),
        };
    }

    private string Equal(int depth)
    {
        SchemaType type = AnyType();
        return Of(type, depth) is { } left && Of(type, depth) is { } right ? $"({left} {One(["==", "!="])} {right})" : Has();
    }

    private string Compare(int depth)
    {
        SchemaType type = One([SchemaType.Long, new ExtensionSchemaType("datetime"), new ExtensionSchemaType("duration")]);
        return $"({Of(type, depth)} {One(["<", "<=", ">", ">="])} {Of(type, depth)})";
    }

    private string SetTest(int depth)
    {
        SchemaType element = One([SchemaType.Bool, SchemaType.Long, SchemaType.String, new EntitySchemaType(EntityType()), new ExtensionSchemaType("ipaddr")]);
        string set = Of(new SetSchemaType(element), depth)!;
        return random.Next(4) switch
        {
            0 => $"{set}.isEmpty()",
            1 => $"{set}.contains({Of(element, depth)})",
            2 => $"{set}.containsAll({Of(new SetSchemaType(element), depth)})",
            _ => $"{set}.containsAny({Of(new SetSchemaType(element), depth)})",
        };
    }

    private string Call(int depth)
    {
        string Extension(string name) => Of(new ExtensionSchemaType(name), depth)!;
        return random.Next(3) switch
        {
            0 => $"{Extension("ipaddr")}.{One(["isIpv4", "isIpv6", "isLoopback", "isMulticast"])}()",
            1 => $"{Extension("ipaddr")}.isInRange({Extension("ipaddr")})",
            _ => $"{Extension("decimal")}.{One(["lessThan", "lessThanOrEqual", "greaterThan", "greaterThanOrEqual"])}({Extension("decimal")})",
        };
    }

    private string Has()
    {
        (string path, SchemaType type) = Walk(random.Next(3));
        string[] names = [.. Attributes(type)?.Attributes.Keys ?? []];
        return names.Length == 0 ? "(context has flag)" : $"({path} has \"{One(names)}\")";
    }

    private string Entity(int depth) => Of(new EntitySchemaType(EntityType()), depth)!;

    /// <summary>An expression of the type, or null for a record that no path leads to.</summary>
    private string? Of(SchemaType wanted, int depth) => mistakes && random.Next(20) == 0 ? Right(AnyType(), depth) ?? "1" : Right(wanted, depth);

    private string? Right(SchemaType type, int depth)
    {
        if (random.Next(3) > 0 && Path(type) is { } path)
        {
            return path;
        }

        if (depth > 0 && random.Next(6) == 0)
        {
            string test = Guarded(depth - 1);
            return Of(type, depth - 1) is { } then && Of(type, depth - 1) is { } otherwise ? $"(if {test} then {then} else {otherwise})" : null;
        }

        return type switch
        {
            BoolSchemaType => depth > 0 ? Test(depth - 1) : One(["true", "false"]),
            LongSchemaType => Number(depth),
            StringSchemaType => Value.Of(One(TypedWorld.Texts)).ToString(),
            EntitySchemaType entity => Uid(entity.Name),
            SetSchemaType set => Of(set.Element, depth - 1) is { } one ? $"[{one}{(Of(set.Element, 0) is { } other ? $", {other}" : "")}]" : null,
            ExtensionSchemaType extension => Extension(extension.Name, depth),
            RecordSchemaType record => Record(record, depth),
            _ => null,
        };
    }

    private string Number(int depth) => random.Next(depth > 0 ? 6 : 2) switch
    {
        2 => $"({Of(SchemaType.Long, depth - 1)} {One(["+", "-"])} {Of(SchemaType.Long, depth - 1)})",
        3 => $"({Of(SchemaType.Long, depth - 1)} * 2)",
        4 => $"-({Of(SchemaType.Long, depth - 1)})",
        5 => $"{Of(new ExtensionSchemaType("duration"), depth - 1)}.{One(["toHours", "toDays"])}()",
        _ => $"{random.Next(4)}",
    };

    private string Extension(string name, int depth)
    {
        string datetime = depth <= 0 ? "" : Of(new ExtensionSchemaType("datetime"), depth - 1)!;
        switch (name)
        {
            case "datetime" when depth > 0 && random.Next(3) == 0:
                return random.Next(2) == 0 ? $"{datetime}.toDate()" : $"{datetime}.offset({Of(new ExtensionSchemaType("duration"), depth - 1)})";
            case "duration" when depth > 0 && random.Next(3) == 0:
                return random.Next(2) == 0 ? $"{datetime}.toTime()" : $"{datetime}.durationSince({Of(new ExtensionSchemaType("datetime"), depth - 1)})";
            default:
                (string constructor, string[] arguments) = TypedWorld.Literals(name);
                return $"{constructor}(\"{One(arguments)}\")";
        }
    }

    private string? Record(RecordSchemaType record, int depth)
    {
        // A record literal has every attribute it names, so it is none of a type with optional ones.
        if (record.Attributes.Values.Any(attribute => !attribute.IsRequired))
        {
            return Path(record);
        }

        string?[] values = [.. record.Attributes.Select(attribute => Of(attribute.Value.Type, depth - 1) is { } value ? $"\"{attribute.Key}\": {value}" : null)];
        return values.Contains(null) ? null : $"{{{string.Join(", ", values)}}}";
    }

    /// <summary>A path of the type from the request, found by walking at random; its guards are kept.</summary>
    private string? Path(SchemaType wanted)
    {
        List<string> before = guards;
        for (int i = 0; i < 12; i++)
        {
            guards = [.. before];
            (string path, SchemaType type) = Walk(random.Next(4));
            if (type.Equals(wanted))
            {
                return path;
            }
        }

        guards = before;
        return null;
    }

    private (string Path, SchemaType Type) Walk(int steps)
    {
        (string path, SchemaType type) = random.Next(3) switch
        {
            0 => ("principal", new EntitySchemaType(principal)),
            1 => ("resource", new EntitySchemaType(resource)),
            _ => ("context", (SchemaType)action.Context),
        };
        for (; steps > 0; steps--)
        {
            if (random.Next(4) == 0 && type is EntitySchemaType tagged && world.Schema.EntityTypes[tagged.Name].Tags is { } tags)
            {
                string tag = One(TypedWorld.Tags);
                guards.Add($"{path}.hasTag(\"{tag}\")");
                (path, type) = ($"{path}.getTag(\"{tag}\")", tags);
            }
            else if (Attributes(type) is { Attributes.Count: > 0 } attributes)
            {
                (string name, SchemaAttribute attribute) = One([.. attributes.Attributes]);
                if (!attribute.IsRequired)
                {
                    guards.Add($"{path} has \"{name}\"");
                }

                (path, type) = (name.Contains(' ', StringComparison.Ordinal) ? $"{path}[\"{name}\"]" : $"{path}.{name}", attribute.Type);
            }
        }

        return (path, type);
    }

    private RecordSchemaType? Attributes(SchemaType type) =>
        type as RecordSchemaType ?? (type is EntitySchemaType entity ? world.Schema.EntityTypes[entity.Name].Attributes : null);

    private SchemaType AnyType() => random.Next(3) == 0
        ? Walk(2).Type
        : One([SchemaType.Bool, SchemaType.Long, SchemaType.String, new ExtensionSchemaType("decimal"), new EntitySchemaType(EntityType()), new SetSchemaType(SchemaType.Long)]);

    private string EntityType() => One([.. world.Schema.EntityTypes.Keys]);

    private string Uid(string type) => $"{type}::\"{(type == "Shade" ? One(["dark", "light"]) : One(TypedWorld.Ids))}\"";

    private T One<T>(IReadOnlyList<T> choices) => choices[random.Next(choices.Count)];
}
