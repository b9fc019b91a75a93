using System.Text.Json;
using System.Text.Json.Nodes;

namespace AccessGov.IdentityFederation.Provisioning;

/// <summary>One operation of a bulk request.</summary>
/// <param name="Place">Where it stands in the request.</param>
/// <param name="Method">POST, PUT, PATCH or DELETE.</param>
/// <param name="Path">What it is done to.</param>
/// <param name="BulkId">What other operations call what it makes.</param>
/// <param name="Version">The entity tag that it is meant for.</param>
/// <param name="Data">The body.</param>
internal sealed record ScimBulkOperation(int Place, string Method, string Path, string? BulkId, string? Version, JsonNode? Data)
{
    private const string Reference = "bulkId:";

    /// <summary>Why it cannot even be read; null when it can.</summary>
    public ScimException? Wrong { get; private init; }

    /// <summary>The attributes that no two resources of a kind share.</summary>
    private static readonly Dictionary<string, string[]> Unique = new(StringComparer.Ordinal)
    {
        [ScimSchemas.User.Endpoint[1..]] = ["userName", "externalId"], [ScimSchemas.Group.Endpoint[1..]] = ["displayName"],
    };

    /// <summary>The texts that it names resources by: its path and its body, in parts.</summary>
    public IReadOnlyList<string> Parts { get; } =
        [.. Texts(JsonValue.Create(Path)).Concat(Texts(Data)).SelectMany(text => text.Split('/', '"')).Distinct(StringComparer.Ordinal)];

    /// <summary>The bulkIds that it names.</summary>
    public IEnumerable<string> Refers => Parts.Where(part => part.StartsWith(Reference, StringComparison.Ordinal))
        .Select(part => part[Reference.Length..]);

    /// <summary>The resource that it is done to, by its id or by the reference to what it makes; null when it says none.</summary>
    public string? Resource => (Method, Segments(Path)) switch
    {
        ("POST", _) => BulkId is null ? null : Reference + BulkId,
        (_, [_, var id]) => id,
        _ => null,
    };

    /// <summary>The texts that may become, or cease to be, what nobody else may be called.</summary>
    public IEnumerable<string> Names
    {
        get
        {
            string[] unique = Segments(Path) is [var kind, ..] && Unique.TryGetValue(kind, out string[]? known) ? known : [];
            if (Method == "PATCH")
            {
                // It says in many ways what it changes: one that may change a name is taken to give all that it says as names.
                string text = Data?.ToJsonString() ?? "";
                return unique.Any(name => text.Contains(name, StringComparison.OrdinalIgnoreCase)) ? Texts(Data) : [];
            }

            return (Data as JsonObject ?? []).Where(part => unique.Any(name => part.Key.EndsWith(name, StringComparison.OrdinalIgnoreCase)))
                .SelectMany(part => Texts(part.Value));
        }
    }

    public static ScimBulkOperation Of(JsonObject given, int place)
    {
        try
        {
            return new(place, (Text("method") ?? "").ToUpperInvariant(), Text("path") ?? "", Text("bulkId"), Text("version"), given["data"]);
        }
        catch (ScimException wrong)
        {
            return new(place, "", "", null, null, null) { Wrong = wrong };
        }

        string? Text(string name) => given[name] is { } value ? ScimText.Of(value) : null;
    }

    public static string[] Segments(string path) => path.Split('/', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>The path with ids where it has references to what was made; null when one of them was not.</summary>
    public string? PathWith(IReadOnlyDictionary<string, string> ids) =>
        (string)Resolved(Path, ids)! is var path && path.Contains(Reference, StringComparison.Ordinal) ? null : path;

    /// <summary>The same with ids where it has references to what was made.</summary>
    public static JsonNode? Resolved(JsonNode? node, IReadOnlyDictionary<string, string> ids) => node switch
    {
        JsonObject parts => new JsonObject(parts.Select(part => KeyValuePair.Create(part.Key, Resolved(part.Value, ids)))),
        JsonArray items => new JsonArray([.. items.Select(item => Resolved(item, ids))]),
        _ when node?.GetValueKind() == JsonValueKind.String => Separated(
            ScimText.Of(node), '/', path => Separated(
                path, '"', part => part.StartsWith(Reference, StringComparison.Ordinal)
                    && ids.TryGetValue(part[Reference.Length..], out string? id) ? id : part)),
        _ => node?.DeepClone(),
    };

    private static string Separated(string text, char separator, Func<string, string> change) =>
        string.Join(separator, text.Split(separator).Select(change));

    private static IEnumerable<string> Texts(JsonNode? node) => node switch
    {
        JsonObject parts => parts.SelectMany(part => Texts(part.Value)),
        JsonArray items => items.SelectMany(Texts),
        _ when node?.GetValueKind() == JsonValueKind.String => [ScimText.Of(node)],
        _ => [],
    };
}
