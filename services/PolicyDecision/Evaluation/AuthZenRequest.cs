using System.Text.Json;

namespace AccessGov.PolicyDecision.Evaluation;

/// <summary>
/// One access evaluation request of the AuthZEN Authorization API 1.0 (section 6), as received. Absent properties and context are
/// <see cref="JsonValueKind.Undefined"/>; the elements live as long as the document that they were read from.
/// </summary>
internal sealed record AuthZenRequest(AuthZenEntity Subject, AuthZenAction Action, AuthZenEntity Resource, JsonElement Context)
{
    /// <summary>
    /// Reads a request from an object, with the members of <paramref name="defaults"/> where it has none: a member replaces the whole default, nothing is merged.
    /// Answers null and a sentence when it is not a request.
    /// </summary>
    public static AuthZenRequest? Read(JsonElement item, JsonElement defaults, out string error)
    {
        if (item.ValueKind != JsonValueKind.Object)
        {
            error = "An evaluation is a JSON object with subject, action and resource.";
            return null;
        }

        return ReadEntity(Member(item, defaults, "subject"u8), "subject", out error) is { } subject
            && ReadAction(Member(item, defaults, "action"u8), out error) is { } action
            && ReadEntity(Member(item, defaults, "resource"u8), "resource", out error) is { } resource
            && IsObjectOrAbsent(Member(item, defaults, "context"u8), "context", out JsonElement context, out error)
            ? new AuthZenRequest(subject, action, resource, context)
            : null;
    }

    private static JsonElement Member(JsonElement item, JsonElement defaults, ReadOnlySpan<byte> name) =>
        item.TryGetProperty(name, out JsonElement own) ? own
        : defaults.ValueKind == JsonValueKind.Object && defaults.TryGetProperty(name, out JsonElement shared) ? shared
        : default;

    internal static AuthZenEntity? ReadEntity(JsonElement entity, string name, out string error) =>
        IsObject(entity, name, out error)
        && ReadString(entity, "type"u8, $"{name}.type", out string type, out error)
        && ReadString(entity, "id"u8, $"{name}.id", out string id, out error)
        && IsObjectOrAbsent(Member(entity, default, "properties"u8), $"{name}.properties", out JsonElement properties, out error)
            ? new AuthZenEntity(type, id, properties)
            : null;

    internal static AuthZenAction? ReadAction(JsonElement action, out string error) =>
        IsObject(action, "action", out error)
        && ReadString(action, "name"u8, "action.name", out string name, out error)
        && IsObjectOrAbsent(Member(action, default, "properties"u8), "action.properties", out JsonElement properties, out error)
            ? new AuthZenAction(name, properties)
            : null;

    internal static bool IsObject(JsonElement element, string name, out string error)
    {
        error = element.ValueKind switch
        {
            JsonValueKind.Object => "",
            JsonValueKind.Undefined => $"{name} is missing.",
            _ => $"{name} must be a JSON object.",
        };
        return error.Length == 0;
    }

    internal static bool IsObjectOrAbsent(JsonElement element, string name, out JsonElement found, out string error)
    {
        // I-JSON peers leave nulls out; a null is read as absent.
        found = element.ValueKind == JsonValueKind.Null ? default : element;
        error = found.ValueKind is JsonValueKind.Object or JsonValueKind.Undefined ? "" : $"{name} must be a JSON object.";
        return error.Length == 0;
    }

    internal static bool ReadString(JsonElement parent, ReadOnlySpan<byte> member, string name, out string value, out string error)
    {
        value = "";
        error = !parent.TryGetProperty(member, out JsonElement element) ? $"{name} is missing."
            : element.ValueKind != JsonValueKind.String ? $"{name} must be a string."
            : "";
        if (error.Length > 0)
        {
            return false;
        }

        value = element.GetString()!;
        error = value.Length == 0 ? $"{name} must not be empty." : "";
        return error.Length == 0;
    }
}

/// <summary>A subject or a resource.</summary>
internal sealed record AuthZenEntity(string Type, string Id, JsonElement Properties);

/// <summary>An action.</summary>
internal sealed record AuthZenAction(string Name, JsonElement Properties);
