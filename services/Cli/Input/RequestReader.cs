using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace AccessGov.Cli;

/// <summary>Requests from options and JSON. A uid is <c>User::"alice"</c>, <c>{"type":…,"id":…}</c>, or that inside <c>__entity</c>.</summary>
internal static class RequestReader
{
    private static readonly JsonDocumentOptions Options = new() { MaxDepth = ValueJson.DepthMax * 2, AllowDuplicateProperties = false };

    /// <summary>JSON that lives as long as somebody holds it; a key that occurs twice is refused.</summary>
    /// <exception cref="MalformedInputException">It is not JSON.</exception>
    public static JsonElement Json(string name, ReadOnlyMemory<byte> utf8)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(utf8, Options);
            return document.RootElement.Clone();
        }
        catch (JsonException malformed)
        {
            throw new MalformedInputException("json", name, $"This is not valid JSON: {malformed.Message}");
        }
        catch (InvalidOperationException)
        {
            // Looking for keys that occur twice reads them all.
            throw new MalformedInputException("json", name, $"This is not valid JSON: a key holds {JsonText.HalfPair}.");
        }
    }

    public static EntityUid Uid(string text, string place) => EntityUid.TryParse(text, out EntityUid? uid)
        ? uid
        : throw new InputException($"{place}: `{text}` is not an entity uid such as User::\"alice\".");

    /// <exception cref="InputException">It is no uid, its type is no name of a type, or it holds something else besides.</exception>
    public static EntityUid Uid(JsonElement element, string place)
    {
        if (element.ValueKind == JsonValueKind.String)
        {
            return Uid(element.Text(place), place);
        }

        if (element.Member("__entity") is { } inner)
        {
            element.Members(place, "__entity");
            element = inner;
        }

        Dictionary<string, JsonElement>? members = element.ValueKind == JsonValueKind.Object ? element.Members(place, "type", "id") : null;
        if (members?.Count != 2)
        {
            throw new InputException($"{place}: expected an entity uid, User::\"alice\" or {{\"type\":\"User\",\"id\":\"alice\"}}.");
        }

        string type = members["type"].Text($"{place}.type");
        return EntityUid.IsTypeName(type)
            ? new EntityUid(type, members["id"].Text($"{place}.id"))
            : throw new InputException($"{place}.type: `{type}` is not an entity type such as User or Hospital::User.");
    }

    public static ReadOnlySpan<byte> Raw(JsonElement element) => JsonMarshal.GetRawUtf8Value(element);

    /// <summary>A request with its context, checked against the schema when there is one.</summary>
    /// <exception cref="MalformedInputException">The context is no record, or the request does not conform to the schema.</exception>
    public static Request Request(EntityUid principal, EntityUid action, EntityUid resource, ReadOnlySpan<byte> context, Schema? schema, string place)
    {
        try
        {
            RecordValue record = schema is null ? ValueJson.ParseRecord(Encoding.UTF8.GetString(context)) : schema.ReadContext(action, context);
            var request = new Request(principal, action, resource, record);
            return schema?.Check(request) is { Count: > 0 } errors ? throw new ConformanceException(errors) : request;
        }
        catch (ValueJsonException refused)
        {
            throw new MalformedInputException("context", place, $"context: {refused.Message}");
        }
        catch (ConformanceException refused)
        {
            throw new MalformedInputException([.. refused.Errors.Select(error => new Finding(Severity.Error, "request", place, error.ToString()))]);
        }
    }
}
