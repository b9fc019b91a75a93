using System.Text.Json;

namespace AccessGov.Cli;

/// <summary>One question and the answer it must get; what is null is not compared.</summary>
internal sealed record Case(
    string Name, Place Place, EntityUid Principal, EntityUid Action, EntityUid Resource, JsonElement? Context, JsonElement? Entities,
    Decision Decision, IReadOnlyList<string>? Reasons, IReadOnlyList<string>? Errors);

/// <summary>
/// A file of cases beside policies, <c>*.cases.json</c> or <c>*.cases.yaml</c>, as the README of this service describes it. A member that
/// the format does not know is refused: a case with a typing mistake would test nothing.
/// </summary>
internal sealed record CaseFile(string Name, IReadOnlyList<string> Policies, IReadOnlyList<string> Schema, EntitySource? InlineEntities, IReadOnlyList<string> EntityFiles, IReadOnlyList<Case> Cases)
{
    public static readonly string[] Patterns = ["*.cases.json", "*.cases.yaml", "*.cases.yml"];

    private static readonly string[] FileMembers = ["policies", "schema", "entities", "requests"];
    private static readonly string[] CaseMembers = ["name", "principal", "action", "resource", "context", "entities", "decision", "reasons", "errors"];

    public static CaseFile Read(string path, Terminal terminal)
    {
        InputFile file = InputFile.Read(path, terminal);
        bool isYaml = path.EndsWith(".yaml", StringComparison.OrdinalIgnoreCase) || path.EndsWith(".yml", StringComparison.OrdinalIgnoreCase);
        InputDocument document = isYaml ? InputDocument.OfYaml(file) : InputDocument.OfJson(file);
        Place root = document.Root;
        Dictionary<string, JsonElement> members = document.Json.Members(root, FileMembers);
        string folder = path == "-" ? "." : Path.GetDirectoryName(Path.GetFullPath(path))!;
        Place list = root.Member("requests");
        if (!members.TryGetValue("requests", out JsonElement requests) || requests.ValueKind != JsonValueKind.Array)
        {
            throw list.Refuse("this must be a list of cases.");
        }

        bool isInline = members.TryGetValue("entities", out JsonElement entities) && entities.ValueKind == JsonValueKind.Array
            && entities.EnumerateArray().All(entity => entity.ValueKind == JsonValueKind.Object);
        return new CaseFile(
            file.Name,
            PolicyPaths(members, folder, root),
            Paths(members, "schema", folder, root),
            isInline ? EntitySource.Inside(root.Member("entities"), entities) : null,
            isInline ? [] : Paths(members, "entities", folder, root),
            [.. requests.EnumerateArray().Select((request, index) => ReadCase(request, list.Item(index), $"requests[{index}]"))]);
    }

    private static Case ReadCase(JsonElement json, Place place, string unnamed)
    {
        Dictionary<string, JsonElement> members = json.Members(place, CaseMembers);
        JsonElement Needed(string name) => members.TryGetValue(name, out JsonElement member) ? member : throw place.Refuse($"`{name}` is missing.");

        return new Case(
            members.TryGetValue("name", out JsonElement given) ? given.Text(place.Member("name")) : unnamed,
            place,
            RequestReader.Uid(Needed("principal"), place.Member("principal")),
            RequestReader.Uid(Needed("action"), place.Member("action")),
            RequestReader.Uid(Needed("resource"), place.Member("resource")),
            members.TryGetValue("context", out JsonElement context) ? Shaped(context, JsonValueKind.Object, place.Member("context"), "Expected a record, which is an object.") : null,
            members.TryGetValue("entities", out JsonElement entities) ? Shaped(entities, JsonValueKind.Array, place.Member("entities"), "expected a list of entities.") : null,
            Needed("decision").Text(place.Member("decision")) switch
            {
                "allow" or "Allow" => Decision.Allow,
                "deny" or "Deny" => Decision.Deny,
                var other => throw place.Member("decision").Refuse($"`{other}` is neither allow nor deny."),
            },
            members.TryGetValue("reasons", out JsonElement reasons) ? Texts(reasons, place.Member("reasons")) : null,
            members.TryGetValue("errors", out JsonElement errors) ? Texts(errors, place.Member("errors")) : null);
    }

    private static IReadOnlyList<string> Paths(Dictionary<string, JsonElement> members, string name, string folder, Place root)
    {
        if (!members.TryGetValue(name, out JsonElement json))
        {
            return [];
        }

        Place place = root.Member(name);
        string[] paths = json.ValueKind == JsonValueKind.String ? [json.Text(place)] : Texts(json, place);
        return Array.Exists(paths, path => path.Length == 0 || path.Contains('\0', StringComparison.Ordinal))
            ? throw place.Refuse("an empty text, or one with a zero in it, is no path.")
            : [.. paths.Select(path => Path.GetFullPath(path, Path.GetFullPath(folder)))];
    }

    // No policies deny everything: such cases would say nothing of any policy.
    private static IReadOnlyList<string> PolicyPaths(Dictionary<string, JsonElement> members, string folder, Place root) =>
        !members.ContainsKey("policies") ? PolicyFiles.Beside(folder)
        : Paths(members, "policies", folder, root) is { Count: > 0 } paths ? paths
        : throw root.Member("policies").Refuse("this list is empty; name files or folders, or leave it out for the *.cedar beside this file.");

    private static JsonElement Shaped(JsonElement json, JsonValueKind kind, Place place, string otherwise) => json.ValueKind == kind ? json : throw place.Refuse(otherwise);

    private static string[] Texts(JsonElement json, Place place) => json.ValueKind == JsonValueKind.Array
        ? [.. json.EnumerateArray().Select((text, index) => text.Text(place.Item(index)))]
        : throw place.Refuse("expected a list of strings.");
}
