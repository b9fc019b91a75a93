using System.Text.Json;

namespace AccessGov.PolicyDecision.Evaluation;

/// <summary>
/// One access evaluation request of the AuthZEN Authorization API 1.0 (section 6), as received. Absent properties and context are
/// <see cref="JsonValueKind.Undefined"/>; the elements live as long as the document that they were read from.
/// </summary>
internal sealed record AuthZenRequest(AuthZenEntity Subject, AuthZenAction Action, AuthZenEntity Resource, JsonElement Context)
{
    /// <summary>Whether subject and context are those that the items of a batch share.</summary>
    public bool SharesSubjectAndContext { get; private init; }

    /// <summary>
    /// Reads a request from an object, with the members of <paramref name="defaults"/> where it has none: a member replaces the whole default, nothing is merged.
    /// Answers null and a sentence when it is not a request.
    /// </summary>
    public static AuthZenRequest? Read(JsonElement item, AuthZenDefaults? defaults, out string error)
    {
        defaults ??= AuthZenDefaults.None;
        if (item.ValueKind != JsonValueKind.Object)
        {
            error = "An evaluation is a JSON object with subject, action and resource.";
            return null;
        }

        AuthZenEntity? subject = item.TryGetProperty("subject"u8, out JsonElement own) ? ReadEntity(own, "subject", out error) : defaults.Subject(out error);
        bool sharesSubject = own.ValueKind == JsonValueKind.Undefined;
        if (subject is null
            || (item.TryGetProperty("action"u8, out own) ? ReadAction(own, out error) : defaults.Action(out error)) is not { } action
            || (item.TryGetProperty("resource"u8, out own) ? ReadEntity(own, "resource", out error) : defaults.Resource(out error)) is not { } resource)
        {
            return null;
        }

        bool sharesContext = !item.TryGetProperty("context"u8, out own);
        return IsObjectOrAbsent(sharesContext ? defaults.Context : own, "context", out JsonElement context, out error)
            ? new AuthZenRequest(subject, action, resource, context) { SharesSubjectAndContext = sharesSubject && sharesContext }
            : null;
    }

    internal static AuthZenEntity? ReadEntity(JsonElement entity, string name, out string error) =>
        IsObject(entity, name, out error)
        && ReadString(entity, "type"u8, $"{name}.type", out string type, out error)
        && ReadString(entity, "id"u8, $"{name}.id", out string id, out error)
        && IsObjectOrAbsent(Properties(entity), $"{name}.properties", out JsonElement properties, out error)
            ? new AuthZenEntity(type, id, properties)
            : null;

    internal static AuthZenAction? ReadAction(JsonElement action, out string error) =>
        IsObject(action, "action", out error)
        && ReadString(action, "name"u8, "action.name", out string name, out error)
        && IsObjectOrAbsent(Properties(action), "action.properties", out JsonElement properties, out error)
            ? new AuthZenAction(name, properties)
            : null;

    private static JsonElement Properties(JsonElement parent) => parent.TryGetProperty("properties"u8, out JsonElement properties) ? properties : default;

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

/// <summary>The members that the items of a batch share; each is read once, however many items take it over.</summary>
internal sealed class AuthZenDefaults
{
    private readonly (AuthZenEntity? Value, string Error) subject;
    private readonly (AuthZenAction? Value, string Error) action;
    private readonly (AuthZenEntity? Value, string Error) resource;

    /// <param name="root">The whole request; undefined for a request that is none of a batch.</param>
    public AuthZenDefaults(JsonElement root)
    {
        subject = (AuthZenRequest.ReadEntity(Member("subject"), "subject", out string error), error);
        action = (AuthZenRequest.ReadAction(Member("action"), out error), error);
        resource = (AuthZenRequest.ReadEntity(Member("resource"), "resource", out error), error);
        Context = Member("context");

        JsonElement Member(string name) => root.ValueKind == JsonValueKind.Object && root.TryGetProperty(name, out JsonElement member) ? member : default;
    }

    public static AuthZenDefaults None { get; } = new(default);

    public JsonElement Context { get; }

    public AuthZenEntity? Subject(out string error)
    {
        error = subject.Error;
        return subject.Value;
    }

    public AuthZenAction? Action(out string error)
    {
        error = action.Error;
        return action.Value;
    }

    public AuthZenEntity? Resource(out string error)
    {
        error = resource.Error;
        return resource.Value;
    }
}

/// <summary>A subject or a resource.</summary>
internal sealed record AuthZenEntity(string Type, string Id, JsonElement Properties);

/// <summary>An action.</summary>
internal sealed record AuthZenAction(string Name, JsonElement Properties);
