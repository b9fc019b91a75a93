using System.Text.Json;

namespace AccessGov.Cli;

/// <summary>One question and the answer it must get; what is null is not compared.</summary>
internal sealed record Case(
    string Name, EntityUid Principal, EntityUid Action, EntityUid Resource, JsonElement? Context, JsonElement? Entities,
    Decision Decision, IReadOnlyList<string>? Reasons, IReadOnlyList<string>? Errors);

/// <summary>
/// A file of cases beside policies, <c>*.cases.json</c> or <c>*.cases.yaml</c>, as the README of this service describes it. A member that
/// the format does not know is refused: a case with a typing mistake would test nothing.
/// </summary>
internal sealed record CaseFile(string Name, IReadOnlyList<string> Policies, IReadOnlyList<string> Schema, JsonElement? InlineEntities, IReadOnlyList<string> EntityFiles, IReadOnlyList<Case> Cases)
{
    public static readonly string[] Patterns = ["*.cases.json", "*.cases.yaml", "*.cases.yml"];

    private static readonly string[] FileMembers = ["policies", "schema", "entities", "requests"];
    private static readonly string[] CaseMembers = ["name", "principal", "action", "resource", "context", "entities", "decision", "reasons", "errors"];

    public static CaseFile Read(string path, Terminal terminal)
    {
        InputFile file = InputFile.Read(path, terminal);
        bool isYaml = path.EndsWith(".yaml", StringComparison.OrdinalIgnoreCase) || path.EndsWith(".yml", StringComparison.OrdinalIgnoreCase);
        JsonElement root = RequestReader.Json(file.Name, isYaml ? YamlReader.ToJson(file) : file.Json());
        Dictionary<string, JsonElement> members = root.Members(file.Name, FileMembers);
        string folder = path == "-" ? "." : Path.GetDirectoryName(Path.GetFullPath(path))!;
        JsonElement requests = members.GetValueOrDefault("requests");
        if (requests.ValueKind != JsonValueKind.Array)
        {
            throw new InputException($"{file.Name}: `requests` must be a list of cases.");
        }

        bool isInline = members.TryGetValue("entities", out JsonElement entities) && entities.ValueKind == JsonValueKind.Array
            && entities.EnumerateArray().All(entity => entity.ValueKind == JsonValueKind.Object);
        return new CaseFile(
            file.Name,
            PolicyPaths(members, folder, file.Name),
            Paths(members, "schema", folder, file.Name),
            isInline ? entities : null,
            isInline ? [] : Paths(members, "entities", folder, file.Name),
            [.. requests.EnumerateArray().Select((request, index) => ReadCase(request, file.Name, index))]);
    }

    private static Case ReadCase(JsonElement json, string file, int index)
    {
        string place = $"{file}: requests[{index}]";
        Dictionary<string, JsonElement> members = json.Members(place, CaseMembers);
        JsonElement Needed(string name) => members.TryGetValue(name, out JsonElement member) ? member : throw new InputException($"{place}: `{name}` is missing.");

        string name = members.TryGetValue("name", out JsonElement given) ? given.Text($"{place}: name") : $"requests[{index}]";
        return new Case(
            name,
            RequestReader.Uid(Needed("principal"), $"{place}: principal"),
            RequestReader.Uid(Needed("action"), $"{place}: action"),
            RequestReader.Uid(Needed("resource"), $"{place}: resource"),
            members.TryGetValue("context", out JsonElement context) ? context : null,
            members.TryGetValue("entities", out JsonElement entities) ? entities : null,
            Needed("decision").Text($"{place}: decision") switch
            {
                "allow" or "Allow" => Decision.Allow,
                "deny" or "Deny" => Decision.Deny,
                var other => throw new InputException($"{place}: decision: `{other}` is neither allow nor deny."),
            },
            members.TryGetValue("reasons", out JsonElement reasons) ? Texts(reasons, $"{place}: reasons") : null,
            members.TryGetValue("errors", out JsonElement errors) ? Texts(errors, $"{place}: errors") : null);
    }

    private static IReadOnlyList<string> Paths(Dictionary<string, JsonElement> members, string name, string folder, string file)
    {
        if (!members.TryGetValue(name, out JsonElement json))
        {
            return [];
        }

        try
        {
            string place = $"{file}: {name}";
            return [.. (json.ValueKind == JsonValueKind.String ? [json.Text(place)] : Texts(json, place)).Select(path => Path.GetFullPath(path, Path.GetFullPath(folder)))];
        }
        catch (ArgumentException impossible)
        {
            throw new InputException($"{file}: {name}: {impossible.Message}");
        }
    }

    // No policies deny everything: such cases would say nothing of any policy.
    private static IReadOnlyList<string> PolicyPaths(Dictionary<string, JsonElement> members, string folder, string file) =>
        !members.ContainsKey("policies") ? PolicyFiles.Beside(folder)
        : Paths(members, "policies", folder, file) is { Count: > 0 } paths ? paths
        : throw new InputException($"{file}: policies: this list is empty; name files or folders, or leave it out for the *.cedar beside this file.");

    private static string[] Texts(JsonElement json, string place) =>
        json.ValueKind == JsonValueKind.Array ? [.. json.EnumerateArray().Select(text => text.Text(place))] : throw new InputException($"{place}: expected a list of strings.");
}
