using System.Text.Json;
using System.Text.Json.Nodes;

namespace AccessGov.IdentityFederation.Provisioning;

/// <summary>The text of a JSON value.</summary>
internal static class ScimText
{
    /// <exception cref="ScimException">It is an object, a list, or no text that can be written down again.</exception>
    public static string Of(JsonNode value)
    {
        try
        {
            string text = value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>()
                : value is JsonValue ? value.ToJsonString()
                    : throw new ScimException("invalidValue", "A text is expected where a list or an object stands.");
            return text.Contains('\0', StringComparison.Ordinal)
                ? throw new ScimException("invalidValue", "No value holds a NUL character.") : text;
        }
        catch (InvalidOperationException)
        {
            throw new ScimException("invalidValue", "A text holds half a character (a surrogate without the other).");
        }
    }
}

/// <summary>
/// Brings what clients send into the form that the schemas describe: names in their case, unknown and read-only attributes left out,
/// nothing empty.
/// </summary>
internal static class ScimValues
{
    /// <exception cref="ScimException">A value is not of its attribute's kind: invalidValue.</exception>
    public static JsonObject Canonical(JsonObject given, ScimResourceType type)
    {
        RequireSchema(given, type.Core.Urn);
        var canonical = new JsonObject();
        foreach ((string name, JsonNode? value) in given)
        {
            if (ScimPath.OfName(name, type) is { } path)
            {
                Set(canonical, path, value, type);
            }
        }

        return canonical;
    }

    /// <summary>A body that says what it is says that it is what is asked for. Some clients leave it away.</summary>
    /// <exception cref="ScimException">It is something else: invalidSyntax.</exception>
    public static void RequireSchema(JsonObject body, string urn)
    {
        if (body.FirstOrDefault(member => member.Key.Equals("schemas", StringComparison.OrdinalIgnoreCase))
            .Value is not JsonArray { Count: > 0 } schemas)
        {
            return;
        }

        if (!schemas.Any(schema => schema is JsonValue value && urn.Equals(ScimText.Of(value), StringComparison.OrdinalIgnoreCase)))
        {
            throw new ScimException("invalidSyntax", $"Among the schemas of this request is {urn}.");
        }
    }

    /// <summary>
    /// Writes a value where a path without a filter leads. Null and what is empty unassign it; read-only attributes stay as they are.
    /// </summary>
    public static void Set(JsonObject resource, ScimPath path, JsonNode? value, ScimResourceType type)
    {
        if (path.Attribute is not { } attribute)
        {
            foreach ((string name, JsonNode? inner) in Parts(value, path.Extension!))
            {
                if (ScimPath.OfName($"{path.Extension}:{name}", type) is { Attribute: not null } within)
                {
                    Set(resource, within, inner, type);
                }
            }

            return;
        }

        if (attribute.ReadOnly || path.Part is { ReadOnly: true })
        {
            return;
        }

        JsonObject holder = path.Extension is null ? resource : ObjectAt(resource, path.Extension);
        if (path.Part is { } part)
        {
            // A dotted name such as name.givenName; of several values it means the first.
            JsonObject parts = attribute.Many ? FirstOf(holder, attribute.Name) : ObjectAt(holder, attribute.Name);
            Assign(parts, part.Name, Of(part, value));
            if (parts.Count == 0)
            {
                holder.Remove(attribute.Name);
            }
        }
        else
        {
            Assign(holder, attribute.Name, Of(attribute, value));
        }

        if (holder.Count == 0 && path.Extension is not null)
        {
            resource.Remove(path.Extension);
        }
    }

    /// <summary>A value of an attribute; null when there is nothing in it.</summary>
    public static JsonNode? Of(ScimAttribute attribute, JsonNode? value)
    {
        if (!attribute.Many)
        {
            return value is null ? null : One(attribute, value);
        }

        JsonNode[] items = [.. (value is JsonArray given ? given : [value?.DeepClone()]).OfType<JsonNode>().Select(
            item => One(attribute, item)).OfType<JsonNode>()];
        return items.Count(IsPrimary) > 1 ? throw new ScimException("invalidValue", $"At most one of {attribute.Name} is primary.")
            : items.Length == 0 ? null : new JsonArray(items);
    }

    /// <summary>Whether a value is the first to use among several.</summary>
    public static bool IsPrimary(JsonNode item) => item is JsonObject parts && parts["primary"]?.GetValueKind() == JsonValueKind.True;

    /// <summary>One of the values of an attribute that has several.</summary>
    public static JsonNode? One(ScimAttribute attribute, JsonNode value) => attribute.Kind switch
    {
        ScimKind.Complex => Complex(attribute, value),
        ScimKind.Boolean => Truth(value) ?? throw new ScimException("invalidValue", $"{attribute.Name} is true or false."),
        _ => value.GetValueKind() is JsonValueKind.String or JsonValueKind.Number
            ? ScimText.Of(value) is { Length: > 0 } text ? JsonValue.Create(text) : null
            : throw new ScimException("invalidValue", $"{attribute.Name} is a text."),
    };

    public static void Assign(JsonObject holder, string name, JsonNode? value)
    {
        if (value is null)
        {
            holder.Remove(name);
        }
        else
        {
            holder[name] = value;
        }
    }

    public static JsonObject ObjectAt(JsonObject holder, string name)
    {
        if (holder[name] is JsonObject there)
        {
            return there;
        }

        var made = new JsonObject();
        holder[name] = made;
        return made;
    }

    private static JsonObject FirstOf(JsonObject holder, string name)
    {
        if (holder[name] is not JsonArray array)
        {
            array = [];
            holder[name] = array;
        }

        if (array.Count == 0)
        {
            array.Add(new JsonObject());
        }

        return (JsonObject)array[0]!;
    }

    private static JsonObject? Complex(ScimAttribute attribute, JsonNode value)
    {
        var parts = new JsonObject();

        // Some clients send the one thing that matters instead of the object that holds it.
        JsonObject given = value is JsonValue && attribute.Part("value") is not null ? new JsonObject { ["value"] = value.DeepClone() }
            : Parts(value, attribute.Name);
        foreach ((string name, JsonNode? inner) in given)
        {
            if (attribute.Part(name) is { ReadOnly: false } part)
            {
                Assign(parts, part.Name, Of(part, inner));
            }
        }

        return parts.Count == 0 ? null : parts;
    }

    private static JsonObject Parts(JsonNode? value, string name) => value switch
    {
        null => [],
        JsonObject parts => parts,
        _ => throw new ScimException("invalidValue", $"{name} is an object."),
    };

    // Entra ID and others send booleans as texts.
    private static JsonValue? Truth(JsonNode value) => value.GetValueKind() switch
    {
        JsonValueKind.True or JsonValueKind.False => JsonValue.Create(value.GetValue<bool>()),
        JsonValueKind.String when bool.TryParse(ScimText.Of(value), out bool truth) => JsonValue.Create(truth),
        _ => null,
    };
}
