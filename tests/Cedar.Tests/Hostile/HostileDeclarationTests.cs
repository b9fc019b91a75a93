using System.Text;

namespace AccessGov.Cedar.Tests.Hostile;

/// <summary>
/// Schemas of half a megabyte that stand for much more: names times attributes, a long namespace times its declarations, types that refer to
/// each other. They are read, resolved and written in both syntaxes, or refused with an error that names the bound.
/// </summary>
public sealed class HostileDeclarationTests
{
    private const int Size = 500_000;

    /// <summary>The text of about that size, and what the refusal says; nothing when it is read.</summary>
    [Theory]
    [InlineData("names with many attributes", "longer than 20000000 characters when each name")]
    [InlineData("names with many parents", "longer than 20000000 characters when each name")]
    [InlineData("names with a long annotation", "longer than 20000000 characters when each name")]
    [InlineData("actions for many types", "longer than 20000000 characters when each name")]
    [InlineData("actions in many groups", "longer than 20000000 characters when each name")]
    [InlineData("a long namespace", "longer than 1000 characters")]
    [InlineData("pairs", "more than 1000000 pairs")]
    [InlineData("common types in a chain", "")]
    [InlineData("common types in a cycle", "may not refer to themselves")]
    [InlineData("common types that lead nowhere", "is not declared")]
    [InlineData("a chain of entity types", "more than 1000000 steps")]
    [InlineData("a cycle of actions", "")]
    [InlineData("many entity types", "")]
    [InlineData("a long name", "")]
    [InlineData("a long name that is unknown", "is not declared")]
    [InlineData("a long id", "")]
    [InlineData("nested sets", "deeper than 100")]
    [InlineData("nested records", "deeper than 100")]
    [InlineData("annotations", "")]
    public void Half_a_megabyte_of_schema_is_read_or_refused_in_time_that_grows_gently(string name, string complaint)
    {
        string refusal = "";
        SmallStack.GrowsGently(name, Size, size =>
        {
            string text = Text(name, size);
            refusal = Refusal(() =>
            {
                Schema.Parse(text);
                SchemaFragment fragment = SchemaFragment.Parse(text);
                Schema.ParseJson(SchemaFragment.Parse(fragment.ToText()).ToJson());
            });
        });

        if (complaint.Length > 0)
        {
            refusal.ShouldContain(complaint);
        }
    }

    private static string Text(string name, int size)
    {
        string longName = new('n', size);
        int half = size / 2;
        string names = Join(half / 8, i => $"e{i}");
        return name switch
        {
            "names with many attributes" => $"entity {names} {{ {Join(half / 12, i => $"a{i}: Long")} }};",
            "names with many parents" => $"entity {Join(half / 8, i => $"p{i}")}; entity {names} in [{Join(half / 8, i => $"p{i}")}];",
            "names with a long annotation" => $"@doc(\"{new string('x', half)}\") entity {names};",
            "actions for many types" =>
                $"entity {Join(size / 24, i => $"p{i}")}; action {names} appliesTo {{ principal: [{Join(size / 24, i => $"p{i}")}], resource: p0 }};",
            "actions in many groups" => $"action {Join(half / 8, i => $"g{i}")}; action {names} in [{Join(half / 8, i => $"g{i}")}];",
            "a long namespace" => $"namespace n{new string('n', half)} {{ {Join(half / 12, i => $"entity E{i};", "")} }}",
            "pairs" => $"entity {Join(1_100, i => $"p{i}")}; action a appliesTo {{ principal: [{Join(1_100, i => $"p{i}")}], resource: [{Join(1_100, i => $"p{i}")}] }};",
            "common types in a chain" => $"{Join(size / 20, i => $"type T{i} = T{i + 1};", "")} type T{size / 20} = Long; entity E {{ a: T0 }};",
            "common types in a cycle" => $"{Join(size / 20, i => $"type T{i} = T{i + 1};", "")} type T{size / 20} = T0;",
            "common types that lead nowhere" => $"{Join(size / 20, i => $"type T{i} = Set<T{i + 1}>;", "")}",
            "a chain of entity types" => $"entity E0; {Join(size / 24, i => $"entity E{i + 1} in E{i};", "")}",
            "a cycle of actions" => $"action \"a\"; {Join(size / 24, i => $"action a{i + 1} in [a, \"a\"];", "")}",
            "many entity types" => Join(size / 30, i => $"entity E{i} {{ e: E{i / 2} }};", ""),
            "a long name" => $"entity {longName};",
            "a long name that is unknown" => $"entity E {{ a: {longName} }};",
            "a long id" => $"entity E enum [\"{longName}\"]; action \"{longName}\" appliesTo {{ principal: E, resource: E }};",
            "nested sets" => $"type T = {Repeat("Set<", size / 5)}Long{Repeat(">", size / 5)};",
            "nested records" => $"entity E {Repeat("{a:", size / 4)}Long{Repeat("}", size / 4)};",
            _ => $"{Join(size / 8, i => $"@a{i}")} entity E;".Replace(',', ' '),
        };
    }

    /// <summary>The same in JSON, where each declaration is written out.</summary>
    [Theory]
    [InlineData("types", "not valid JSON")]
    [InlineData("common types in a chain", "")]
    [InlineData("common types in a cycle", "may not refer to themselves")]
    [InlineData("entity types", "")]
    [InlineData("a chain of entity types", "more than 1000000 steps")]
    [InlineData("members of many", "")]
    [InlineData("actions in a chain", "more than 1000000 steps")]
    [InlineData("a long namespace", "longer than 1000 characters")]
    [InlineData("a long key", "no key")]
    [InlineData("a long name", "is not declared")]
    public void Half_a_megabyte_of_schema_JSON_is_read_or_refused_in_time_that_grows_gently(string name, string complaint)
    {
        string refusal = "";
        SmallStack.GrowsGently(name, Size, size =>
        {
            string json = OfJson(name, size);
            refusal = Refusal(() =>
            {
                Schema.ParseJson(json);
                Schema.Parse(SchemaFragment.ParseJson(json).ToText());
            });
        });

        if (complaint.Length > 0)
        {
            refusal.ShouldContain(complaint);
        }
    }

    private static string OfJson(string name, int size)
    {
        string longName = new('n', size);
        return name switch
        {
            "types" => Json(types: $"\"T\":{Repeat("{\"type\":\"Set\",\"element\":", size / 25)}{{\"type\":\"Long\"}}{Repeat("}", size / 25)}"),
            "common types in a chain" => Json(types: $"{Join(size / 30, i => $"\"T{i}\":{{\"type\":\"T{i + 1}\"}}")},\"T{size / 30}\":{{\"type\":\"Long\"}}"),
            "common types in a cycle" => Json(types: $"{Join(size / 30, i => $"\"T{i}\":{{\"type\":\"T{i + 1}\"}}")},\"T{size / 30}\":{{\"type\":\"T0\"}}"),
            "entity types" => Json(entities: Join(size / 12, i => $"\"E{i}\":{{}}")),
            "a chain of entity types" => Json(entities: $"\"E0\":{{}},{Join(size / 40, i => $"\"E{i + 1}\":{{\"memberOfTypes\":[\"E{i}\"]}}")}"),
            "members of many" => Json(entities: $"{Join(size / 30, i => $"\"E{i}\":{{}}")},\"M\":{{\"memberOfTypes\":[{Join(size / 30, i => $"\"E{i}\"")}]}}"),
            "actions in a chain" => Json(actions: $"\"a0\":{{}},{Join(size / 40, i => $"\"a{i + 1}\":{{\"memberOf\":[{{\"id\":\"a{i}\"}}]}}")}"),
            "a long namespace" => $"{{\"{longName}\":{{\"entityTypes\":{{}},\"actions\":{{}}}}}}",
            "a long key" => Json(entities: $"\"E\":{{\"{longName}\":1}}"),
            _ => Json(types: $"\"T\":{{\"type\":\"{longName}\"}}"),
        };
    }

    private static string Json(string types = "", string entities = "", string actions = "") =>
        $"{{\"\":{{\"entityTypes\":{{{entities}}},\"actions\":{{{actions}}},\"commonTypes\":{{{types}}}}}}}";

    private static string Refusal(Action read)
    {
        try
        {
            read();
            return "";
        }
        catch (SchemaException refused)
        {
            refused.Errors.Count.ShouldBeInRange(1, SchemaException.ErrorsMax);
            refused.Message.Length.ShouldBeLessThan(20_000);
            return refused.Message;
        }
    }

    private static string Join(int count, Func<int, string> part, string separator = ",") =>
        new StringBuilder().AppendJoin(separator, Enumerable.Range(0, count).Select(part)).ToString();

    private static string Repeat(string part, int times) => string.Concat(Enumerable.Repeat(part, times));
}
