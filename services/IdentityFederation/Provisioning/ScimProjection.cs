using System.Text.Json.Nodes;

namespace AccessGov.IdentityFederation.Provisioning;

/// <summary>Which attributes are returned (RFC 7644, 3.9): those asked for, or all but those excluded; id and schemas always.</summary>
internal sealed class ScimProjection
{
    private readonly IReadOnlyList<ScimPath>? only;
    private readonly IReadOnlyList<ScimPath> without;

    private ScimProjection(IReadOnlyList<ScimPath>? only, IReadOnlyList<ScimPath> without) => (this.only, this.without) = (only, without);

    /// <summary>Names that the resource does not have are ignored.</summary>
    public static ScimProjection Of(string? attributes, string? excluded, ScimResourceType type) =>
        new(attributes is null ? null : Paths(attributes, type), excluded is null ? [] : Paths(excluded, type));

    public static ScimProjection Of(IQueryCollection query, ScimResourceType type) =>
        Of(Given(query, "attributes"), Given(query, "excludedAttributes"), type);

    /// <summary>Whether an attribute of the core schema is returned: what costs a question is not asked for nothing.</summary>
    public bool Shows(string name) => only is null
        ? !without.Any(path => path is { Extension: null, Part: null, Attribute: { } attribute } && attribute.Name == name)
        : only.Any(path => path is { Extension: null, Attribute: { } attribute } && attribute.Name == name);

    public JsonObject Apply(JsonObject resource)
    {
        if (only is null)
        {
            foreach (ScimPath path in without)
            {
                Remove(resource, path);
            }

            return resource;
        }

        var shown = new JsonObject();
        foreach (ScimAttribute always in ScimResourceType.Shared.Where(
            attribute => attribute.Always && resource[attribute.Name] is not null))
        {
            shown[always.Name] = resource[always.Name]!.DeepClone();
        }

        foreach (ScimPath path in only)
        {
            Copy(resource, shown, path);
        }

        return shown;
    }

    private static ScimPath[] Paths(string names, ScimResourceType type) =>
        [.. names.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Take(100)
            .Select(name => ScimPath.OfName(Unfiltered(name), type)).OfType<ScimPath>()];

    private static string? Given(IQueryCollection query, string name) => query[name].ToString() is { Length: > 0 } names ? names : null;

    // Entra ID's collection asks for emails[type eq "work"]: all values of the attribute are an answer to that.
    private static string Unfiltered(string name) => name.Split('[')[0];

    private static void Remove(JsonObject resource, ScimPath path)
    {
        if (path.Attribute is { Always: true })
        {
            return;
        }

        if (path.Attribute is null)
        {
            resource.Remove(path.Extension!);
        }
        else if ((path.Extension is null ? resource : resource[path.Extension]) is JsonObject holder)
        {
            if (path.Part is null)
            {
                holder.Remove(path.Attribute.Name);
            }
            else
            {
                Items(holder[path.Attribute.Name]).ForEach(item => item.Remove(path.Part.Name));
            }
        }
    }

    private static void Copy(JsonObject resource, JsonObject shown, ScimPath path)
    {
        JsonObject? from = path.Extension is null ? resource : resource[path.Extension] as JsonObject;
        if (from is null)
        {
            return;
        }

        if (path.Attribute is not { } attribute)
        {
            shown[path.Extension!] = from.DeepClone();
        }
        else if (from[attribute.Name] is { } value)
        {
            JsonObject to = path.Extension is null ? shown : ScimValues.ObjectAt(shown, path.Extension);
            if (path.Part is not { } part)
            {
                to[attribute.Name] = value.DeepClone();
            }
            else if (value is JsonArray array)
            {
                to[attribute.Name] ??= new JsonArray([.. array.Select(JsonNode? (_) => new JsonObject())]);
                foreach ((JsonObject of, JsonObject into) in Items(value).Zip(Items(to[attribute.Name])))
                {
                    ScimValues.Assign(into, part.Name, of[part.Name]?.DeepClone());
                }
            }
            else if (value is JsonObject parts && parts[part.Name] is { } one)
            {
                ScimValues.ObjectAt(to, attribute.Name)[part.Name] = one.DeepClone();
            }
        }
    }

    private static List<JsonObject> Items(JsonNode? value) => value switch
    {
        JsonArray array => [.. array.OfType<JsonObject>()],
        JsonObject one => [one],
        _ => [],
    };
}
