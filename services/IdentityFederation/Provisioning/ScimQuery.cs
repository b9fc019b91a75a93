using System.Text.Json;
using System.Text.Json.Nodes;

namespace AccessGov.IdentityFederation.Provisioning;

/// <summary>What a client asks of a list (RFC 7644, 3.4.2), from the address or from the body of a search.</summary>
/// <param name="Filter">Which resources; null for all.</param>
/// <param name="SortBy">By what they are sorted; null for the order in which they were made.</param>
/// <param name="Descending">Whether the last come first.</param>
/// <param name="Start">The place of the first, from 1.</param>
/// <param name="Count">How many at most.</param>
/// <param name="Shown">Which attributes.</param>
internal sealed record ScimQuery(ScimFilter? Filter, ScimPath? SortBy, bool Descending, int Start, int Count, ScimProjection Shown)
{
    public const int CountMax = 200;

    private const int CountDefault = 100;

    public static ScimQuery Of(IQueryCollection query, ScimResourceType type) => Of(name => Parameter(query, name), type);

    public static ScimQuery Of(JsonObject search, ScimResourceType type) => Of(name => Member(search, name), type);

    private static ScimQuery Of(Func<string, string?> parameter, ScimResourceType type)
    {
        string? filter = parameter("filter");
        string? sortBy = parameter("sortBy");
        return new(
            string.IsNullOrWhiteSpace(filter) ? null : ScimFilterReader.Parse(filter, type),
            string.IsNullOrWhiteSpace(sortBy) ? null : SortOf(sortBy, type),
            "descending".Equals(parameter("sortOrder"), StringComparison.OrdinalIgnoreCase),
            Math.Max(1, Number(parameter("startIndex"), "startIndex") ?? 1),
            Math.Clamp(Number(parameter("count"), "count") ?? CountDefault, 0, CountMax),
            ScimProjection.Of(parameter("attributes"), parameter("excludedAttributes"), type));
    }

    /// <summary>The page of a list that has more matches than it shows.</summary>
    public JsonObject Page(long total, IEnumerable<JsonObject> resources)
    {
        var items = new JsonArray([.. resources]);
        return new JsonObject
        {
            ["schemas"] = new JsonArray("urn:ietf:params:scim:api:messages:2.0:ListResponse"),
            ["totalResults"] = total,
            ["startIndex"] = Start,
            ["itemsPerPage"] = items.Count,
            ["Resources"] = items,
        };
    }

    /// <summary>Filters, sorts and cuts in memory what no index helps with.</summary>
    public (long Total, IReadOnlyList<T> Page) In<T>(IEnumerable<T> all, Func<T, JsonObject> resourceOf, Func<T, string> idOf)
    {
        List<(T Item, JsonObject Resource)> found = [.. all.Select(item => (item, resourceOf(item))).Where(
            pair => Filter?.Matches(pair.Item2) ?? true)];
        if (SortBy is not null)
        {
            // What has no value comes last, and first in the opposite order (RFC 7644, 3.4.2.3).
            IOrderedEnumerable<(T Item, JsonObject Resource)> sorted = Descending
                ? found.OrderByDescending(pair => Key(pair.Resource) is null).ThenByDescending(
                    pair => Key(pair.Resource), StringComparer.Ordinal)
                : found.OrderBy(pair => Key(pair.Resource) is null).ThenBy(pair => Key(pair.Resource), StringComparer.Ordinal);
            found = [.. sorted.ThenBy(pair => idOf(pair.Item), StringComparer.Ordinal)];
        }

        return (found.Count, [.. found.Skip(Start - 1).Take(Count).Select(pair => pair.Item)]);
    }

    // Of several values the primary one counts, else the first.
    private string? Key(JsonObject resource)
    {
        JsonNode? value = SortBy!.In(resource).OrderByDescending(
            one => one is JsonObject parts && parts["primary"]?.GetValueKind() == JsonValueKind.True).FirstOrDefault();
        string? text = (value is JsonObject complex ? complex["value"] : value) is { } plain ? ScimText.Of(plain) : null;
        return SortBy.Compared is { CaseExact: true } ? text : text?.ToLowerInvariant();
    }

    private static ScimPath SortOf(string name, ScimResourceType type) => ScimPath.OfName(name.Trim(), type) is { Compared: not null } path
        ? path
        : throw new ScimException("invalidPath", $"sortBy is an attribute of a {type.Name} that has plain values.");

    private static int? Number(string? text, string name) => string.IsNullOrEmpty(text) ? null
        : int.TryParse(text, out int number) ? number : throw new ScimException("invalidValue", $"{name} is a whole number.");

    private static string? Parameter(IQueryCollection query, string name) =>
        query.FirstOrDefault(one => one.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Value.ToString() is { Length: > 0 } text
            ? text : null;

    private static string? Member(JsonObject search, string name) =>
        search.FirstOrDefault(one => one.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Value switch
        {
            null => null,
            JsonArray names => string.Join(',', names.OfType<JsonNode>().Select(ScimText.Of)),
            JsonNode value => ScimText.Of(value),
        };
}
