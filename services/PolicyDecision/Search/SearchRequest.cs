using System.Text.Json;
using AccessGov.PolicyDecision.Evaluation;

namespace AccessGov.PolicyDecision.Search;

internal enum SearchKind { Subject, Resource, Action }

/// <summary>A search of the AuthZEN Authorization API 1.0 (section 8): an evaluation request that leaves open whom or what it is about.</summary>
/// <param name="Kind">What is searched for.</param>
/// <param name="Asked">The request; the id (or name) of what is searched for is empty, and it has no properties.</param>
/// <param name="Page">Which part of the results is wanted.</param>
internal sealed record SearchRequest(SearchKind Kind, AuthZenRequest Asked, PageRequest Page)
{
    private static readonly AuthZenAction AnyAction = new("", default);

    /// <summary>The action of the search's own record in the journal.</summary>
    public string ActionName => ActionNameOf(Kind);

    public static string ActionNameOf(SearchKind kind) => kind switch
    {
        SearchKind.Subject => "search.subject",
        SearchKind.Resource => "search.resource",
        _ => "search.action",
    };

    /// <summary>Answers null and a sentence when it is not a search. The id of what is searched for is ignored, and so are its properties.</summary>
    public static SearchRequest? Read(SearchKind kind, JsonElement root, out string error)
    {
        if (root.ValueKind != JsonValueKind.Object)
        {
            error = "A search is a JSON object.";
            return null;
        }

        return Entity(root, "subject", kind == SearchKind.Subject, out error) is { } subject
            && (kind == SearchKind.Action ? AnyAction : AuthZenRequest.ReadAction(Member(root, "action"), out error)) is { } action
            && Entity(root, "resource", kind == SearchKind.Resource, out error) is { } resource
            && AuthZenRequest.IsObjectOrAbsent(Member(root, "context"), "context", out JsonElement context, out error)
            && PageRequest.Read(Member(root, "page"), out error) is { } page
                ? new SearchRequest(kind, new AuthZenRequest(subject, action, resource, context), page)
                : null;
    }

    /// <summary>The evaluation that says whether a candidate is a result.</summary>
    public AuthZenRequest About(string candidate) => Kind switch
    {
        SearchKind.Subject => Asked with { Subject = Asked.Subject with { Id = candidate } },
        SearchKind.Resource => Asked with { Resource = Asked.Resource with { Id = candidate } },
        _ => Asked with { Action = new AuthZenAction(candidate, default) },
    };

    /// <summary>What is asked, without the page and without what is ignored, as canonical JSON.</summary>
    public byte[] Canonical() => CanonicalJson.Bytes(this, static (writer, search) => search.Write(writer));

    private void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        if (Kind != SearchKind.Action)
        {
            writer.WriteStartObject("action"u8);
            writer.WriteString("name"u8, Asked.Action.Name);
            CanonicalJson.WriteOptional(writer, "properties"u8, Asked.Action.Properties);
            writer.WriteEndObject();
        }

        CanonicalJson.WriteOptional(writer, "context"u8, Asked.Context);
        Write(writer, "resource"u8, Asked.Resource, Kind == SearchKind.Resource);
        writer.WriteString("search"u8, ActionName);
        Write(writer, "subject"u8, Asked.Subject, Kind == SearchKind.Subject);
        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, ReadOnlySpan<byte> name, AuthZenEntity entity, bool searched)
    {
        writer.WriteStartObject(name);
        if (!searched)
        {
            writer.WriteString("id"u8, entity.Id);
            CanonicalJson.WriteOptional(writer, "properties"u8, entity.Properties);
        }

        writer.WriteString("type"u8, entity.Type);
        writer.WriteEndObject();
    }

    private static AuthZenEntity? Entity(JsonElement root, string name, bool searched, out string error)
    {
        JsonElement entity = Member(root, name);
        return !searched ? AuthZenRequest.ReadEntity(entity, name, out error)
            : AuthZenRequest.IsObject(entity, name, out error) && AuthZenRequest.ReadString(entity, "type"u8, $"{name}.type", out string type, out error)
                ? new AuthZenEntity(type, "", default)
                : null;
    }

    private static JsonElement Member(JsonElement root, string name) => root.TryGetProperty(name, out JsonElement member) ? member : default;
}

/// <summary>Which part of the results is wanted; what is absent is null.</summary>
internal sealed record PageRequest(string? Token, int? Limit)
{
    /// <summary>A page holds no more than this, whatever the request says.</summary>
    public const int LimitMax = 1_000;

    public static PageRequest? Read(JsonElement page, out string error)
    {
        if (!AuthZenRequest.IsObjectOrAbsent(page, "page", out JsonElement found, out error))
        {
            return null;
        }

        string? token = null;
        int? limit = null;
        if (found.ValueKind == JsonValueKind.Object)
        {
            if (found.TryGetProperty("token"u8, out JsonElement given) && given.ValueKind != JsonValueKind.Null)
            {
                error = given.ValueKind == JsonValueKind.String ? "" : "page.token must be a string.";
                token = error.Length == 0 ? given.GetString() : null;
            }

            if (found.TryGetProperty("limit"u8, out JsonElement wanted) && wanted.ValueKind != JsonValueKind.Null)
            {
                bool isWhole = wanted.ValueKind == JsonValueKind.Number && wanted.TryGetInt64(out long number) && number >= 0;
                error = isWhole ? error : "page.limit must be a whole number, 0 or more.";
                limit = isWhole ? (int)Math.Min(wanted.GetInt64(), LimitMax) : null;
            }
        }

        return error.Length == 0 ? new PageRequest(token, limit) : null;
    }
}
