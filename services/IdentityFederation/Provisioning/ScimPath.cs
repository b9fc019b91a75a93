using System.Text.Json.Nodes;

namespace AccessGov.IdentityFederation.Provisioning;

/// <summary>Where something stands in a resource: an attribute, some of its values, a part of them (RFC 7644, 3.5.2 and 3.10).</summary>
/// <param name="Extension">The URN of the extension that the attribute belongs to; null for the core schema.</param>
/// <param name="Attribute">The attribute; null for the extension as a whole.</param>
/// <param name="Among">Which of its values; null for all.</param>
/// <param name="Part">Which part of them; null for the whole.</param>
internal sealed record ScimPath(string? Extension, ScimAttribute? Attribute, ScimFilter? Among = null, ScimAttribute? Part = null)
{
    /// <summary>What is compared when the path leads to values: the part, and of values in parts the one called value.</summary>
    public ScimAttribute? Compared => Part ?? (Attribute is { Kind: ScimKind.Complex } complex ? complex.Part("value") : Attribute);

    /// <summary>The path without its filter, as the schemas write it.</summary>
    public string Name => (Extension is null ? "" : $"{Extension}:") + Attribute?.Name + (Part is null ? "" : $".{Part.Name}");

    /// <summary>Reads a path; null when it leads to nothing that the resource could have.</summary>
    /// <exception cref="ScimException">A filter in it cannot be read.</exception>
    public static ScimPath? Parse(string text, ScimResourceType type)
    {
        var reader = new ScimFilterReader(text, type);
        return reader.ReadWholePath();
    }

    /// <summary>Reads an attribute's name with its URN and its part, without a filter.</summary>
    public static ScimPath? OfName(string name, ScimResourceType type)
    {
        foreach (ScimSchema schema in type.Schemas)
        {
            if (!name.StartsWith(schema.Urn, StringComparison.OrdinalIgnoreCase))
            {
                continue;
            }

            string? extension = schema == type.Core ? null : schema.Urn;
            if (name.Length == schema.Urn.Length)
            {
                return extension is null ? null : new ScimPath(extension, null);
            }

            // Entra ID's collection writes a dot where a colon belongs.
            if (name[schema.Urn.Length] is ':' or '.')
            {
                string rest = name[(schema.Urn.Length + 1)..];
                return extension is null ? Dotted(rest, null, type.Attribute)
                    : Dotted(rest, extension, one => ScimResourceType.Named(schema.Attributes, one));
            }
        }

        return Dotted(name, null, type.Attribute);
    }

    /// <summary>The values that stand there, in the order of the resource.</summary>
    public IEnumerable<JsonNode> In(JsonObject resource)
    {
        JsonNode? at = Extension is null ? resource : resource[Extension];
        if (Attribute is null)
        {
            return at is null ? [] : [at];
        }

        JsonNode? found = at?[Attribute.Name];
        IEnumerable<JsonNode?> values = found is JsonArray array ? array.AsEnumerable() : Enumerable.Repeat(found, 1);
        if (Among is not null)
        {
            values = values.Where(value => value is JsonObject one && Among.Matches(one));
        }

        return Part is null ? values.OfType<JsonNode>() : values.OfType<JsonObject>().Select(value => value[Part.Name]).OfType<JsonNode>();
    }

    private static ScimPath? Dotted(string name, string? extension, Func<string, ScimAttribute?> find)
    {
        int dot = name.IndexOf('.', StringComparison.Ordinal);
        if (dot < 0)
        {
            return find(name) is { } whole ? new ScimPath(extension, whole) : null;
        }

        return find(name[..dot]) is { } attribute && attribute.Part(name[(dot + 1)..]) is { } part
            ? new ScimPath(extension, attribute, null, part) : null;
    }
}
