using System.Text.Json;

namespace AccessGov.Cedar.Tests.Schemas;

/// <summary>
/// A random schema, written as text and as JSON at once by different choices of words: names with or without their namespace, kinds of
/// types said or left open. Both must mean the same. The namespace <c>A</c> has entity types that are called like built-in types.
/// </summary>
internal sealed class RandomSchema
{
    private static readonly string[] Homes = ["", "A", "A::B"];
    private static readonly string[] BuiltIn = ["Long", "String", "Bool", "ipaddr", "decimal", "datetime", "duration"];
    private static readonly string[] AttributeNames = ["a", "in", "type", "two words", "", "\"quoted\"\n", "entity", "__cedar", "ä"];

    private readonly Random random;
    private readonly List<(string Home, string Name)> entities = [];
    private readonly List<(string Home, string Name)> commons = [];
    private readonly List<(string Home, string Id)> actions = [];
    private readonly HashSet<string> taken = [];

    public RandomSchema(int seed)
    {
        random = new Random(seed);
        int names = 0;
        foreach (string home in Homes)
        {
            entities.AddRange(Enumerable.Range(0, random.Next(1, 4)).Select(_ => (home, $"E{names++}")));
        }

        if (Chance(2))
        {
            taken.UnionWith(BuiltIn.Where(_ => Chance(3)));
            entities.AddRange(taken.Select(name => ("A", name)));
        }

        (string Text, string Json)[] homes = [.. Homes.Select(Namespace)];
        Text = string.Concat(homes.Select(home => home.Text));
        Json = $"{{{string.Join(",", homes.Select(home => home.Json))}}}";
    }

    public string Text { get; }

    public string Json { get; }

    private (string Text, string Json) Namespace(string home)
    {
        var types = new List<(string Text, string Json)>();
        for (int i = random.Next(3); i > 0; i--)
        {
            string name = $"C{commons.Count}";
            (string notes, string notesJson) = Annotations();
            (string type, string typeJson) = Type(home, 3);
            types.Add(($"{notes} type {name} = {type};", $"\"{name}\":{With(typeJson, notesJson)}"));
            commons.Add((home, name));
        }

        (string Text, string Json)[] own = [.. entities.Where(entity => entity.Home == home).Select(entity => Entity(home, entity.Name))];
        (string Text, string Json)[] deeds = [.. Enumerable.Range(0, random.Next(4)).Select(_ => Action(home))];
        string text = string.Join("\n", [.. types.Select(type => type.Text), .. own.Select(entity => entity.Text), .. deeds.Select(action => action.Text)]);
        string json = $"\"commonTypes\":{{{Join(types)}}},\"entityTypes\":{{{Join(own)}}},\"actions\":{{{Join(deeds)}}}";
        if (home.Length == 0)
        {
            return (text, $"\"\":{{{json}}}");
        }

        (string note, string noteJson) = Annotations();
        return ($"{note} namespace {home} {{ {text} }}", $"\"{home}\":{With($"{{{json}}}", noteJson)}");
    }

    private (string Text, string Json) Entity(string home, string name)
    {
        (string notes, string notesJson) = Annotations();
        if (Chance(4))
        {
            return ($"{notes} entity {name} enum [\"x\", \"\\\"y\\\"\"];", $"\"{name}\":{With("{\"enum\":[\"x\",\"\\\"y\\\"\"]}", notesJson)}");
        }

        string[] parents = [.. entities.Where(_ => Chance(4)).Select(parent => Refer(home, parent.Home, parent.Name))];
        (string shape, string shapeJson) = Record(home, 3);
        (string tags, string tagsJson) = Chance(3) ? Type(home, 2) : ("", "");
        string text = $"{notes} entity {name} in [{string.Join(", ", parents)}] {(Chance(2) ? "=" : "")} {shape} {(tags.Length == 0 ? "" : $"tags {tags}")};";
        string json = $"{{\"memberOfTypes\":[{Quoted(parents)}],\"shape\":{shapeJson}{(tags.Length == 0 ? "" : $",\"tags\":{tagsJson}")}}}";
        return (text, $"\"{name}\":{With(json, notesJson)}");
    }

    private (string Text, string Json) Action(string home)
    {
        string id = actions.Count % 3 == 0 ? $"a {actions.Count}" : $"a{actions.Count}";
        (string notes, string notesJson) = Annotations();
        (string Home, string Id)[] groups = [.. actions.Where(_ => Chance(3))];
        string inText = groups.Length == 0 ? "" : $"in [{string.Join(", ", groups.Select(group => $"{Refer(home, group.Home, "Action")}::\"{group.Id}\""))}]";
        string inJson = string.Join(",", groups.Select(group => $"{{\"id\":\"{group.Id}\",\"type\":\"{Refer(home, group.Home, "Action")}\"}}"));
        actions.Add((home, id));
        if (Chance(4))
        {
            return ($"{notes} action \"{id}\" {inText};", $"\"{id}\":{With($"{{\"memberOf\":[{inJson}]}}", notesJson)}");
        }

        string[] principals = [.. Subjects(home)];
        string[] resources = [.. Subjects(home)];
        (string context, string contextJson) = Record(home, 2);
        return (
            $"{notes} action \"{id}\" {inText} appliesTo {{ principal: [{string.Join(", ", principals)}], resource: [{string.Join(", ", resources)}], context: {context} }};",
            $"\"{id}\":{With($"{{\"memberOf\":[{inJson}],\"appliesTo\":{{\"principalTypes\":[{Quoted(principals)}],\"resourceTypes\":[{Quoted(resources)}],\"context\":{contextJson}}}}}", notesJson)}");
    }

    private IEnumerable<string> Subjects(string home) => Enumerable.Range(0, random.Next(1, 3))
        .Select(_ => entities[random.Next(entities.Count)])
        .Select(entity => Refer(home, entity.Home, entity.Name));

    private (string Text, string Json) Type(string home, int depth) => random.Next(depth > 0 ? 6 : 4) switch
    {
        0 or 1 => BuiltInType(BuiltIn[random.Next(BuiltIn.Length)]),
        2 when commons.Count > 0 => Common(home, commons[random.Next(commons.Count)]),
        2 or 3 => EntityType(home, entities[random.Next(entities.Count)]),
        4 => Set(Type(home, depth - 1)),
        _ => Record(home, depth - 1),
    };

    private (string Text, string Json) BuiltInType(string name)
    {
        string safe = taken.Contains(name) || Chance(4) ? $"__cedar::{name}" : name;
        string said = BuiltIn.IndexOf(name) > 2 ? $"{{\"type\":\"Extension\",\"name\":\"{name}\"}}" : $"{{\"type\":\"{(name == "Bool" ? "Boolean" : name)}\"}}";
        return (safe, Chance(2) ? said : Chance(3) && name is not ("Long" or "String") ? $"{{\"type\":\"{name}\"}}" : Chance(2) ? $"{{\"type\":\"__cedar::{name}\"}}" : $"{{\"type\":\"EntityOrCommon\",\"name\":\"{safe}\"}}");
    }

    private (string Text, string Json) Common(string home, (string Home, string Name) type)
    {
        string name = Refer(home, type.Home, type.Name);
        return (Refer(home, type.Home, type.Name), Chance(2) ? $"{{\"type\":\"{name}\"}}" : $"{{\"type\":\"EntityOrCommon\",\"name\":\"{name}\"}}");
    }

    private (string Text, string Json) EntityType(string home, (string Home, string Name) type) =>
        (Refer(home, type.Home, type.Name), $"{{\"type\":\"{(Chance(2) ? "Entity" : "EntityOrCommon")}\",\"name\":\"{Refer(home, type.Home, type.Name)}\"}}");

    private static (string Text, string Json) Set((string Text, string Json) element) =>
        ($"Set<{element.Text}>", $"{{\"type\":\"Set\",\"element\":{element.Json}}}");

    private (string Text, string Json) Record(string home, int depth)
    {
        var attributes = new List<(string Text, string Json)>();
        foreach (string name in AttributeNames.Where(_ => Chance(4)))
        {
            (string notes, string notesJson) = Annotations();
            (string type, string typeJson) = Type(home, depth);
            bool isOptional = Chance(3);
            string key = JsonSerializer.Serialize(name);
            attributes.Add((
                $"{notes} {Value.Of(name)}{(isOptional ? "?" : "")}: {type}",
                $"{key}:{With(isOptional ? With(typeJson, "\"required\":false") : typeJson, notesJson)}"));
        }

        string text = string.Join(", ", attributes.Select(attribute => attribute.Text));
        return ($"{{ {text}{(attributes.Count > 0 && Chance(2) ? "," : "")} }}", $"{{\"type\":\"Record\",\"attributes\":{{{Join(attributes)}}}}}");
    }

    private (string Text, string Json) Annotations() => random.Next(4) switch
    {
        0 => ("@doc(\"it's \\\"so\\\"\")\n@if", "\"annotations\":{\"doc\":\"it's \\\"so\\\"\",\"if\":null}"),
        1 => ("@n(\"1\")", "\"annotations\":{\"n\":\"1\"}"),
        _ => ("", ""),
    };

    /// <summary>The complete name, or where it means the same the short one.</summary>
    private string Refer(string home, string declaredIn, string name) =>
        declaredIn.Length == 0 || (declaredIn == home && name != "Action" && Chance(2)) ? name : $"{declaredIn}::{name}";

    private bool Chance(int oneIn) => random.Next(oneIn) == 0;

    private static string With(string json, string member) =>
        member.Length == 0 ? json : json is "{}" ? $"{{{member}}}" : $"{json[..^1]},{member}}}";

    private static string Join(IEnumerable<(string Text, string Json)> members) => string.Join(",", members.Select(member => member.Json));

    private static string Quoted(IEnumerable<string> names) => string.Join(",", names.Select(name => $"\"{name}\""));
}
