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
    }

    public static EntityUid Uid(string text, string place) => EntityUid.TryParse(text, out EntityUid? uid)
        ? uid
        : throw new InputException($"{place}: `{text}` is not an entity uid such as User::\"alice\".");

    public static EntityUid Uid(JsonElement element, string place)
    {
        if (element.ValueKind == JsonValueKind.String)
        {
            return Uid(element.GetString()!, place);
        }

        if (element.ValueKind == JsonValueKind.Object && element.TryGetProperty("__entity", out JsonElement inner))
        {
            element = inner;
        }

        return element.ValueKind == JsonValueKind.Object
            && element.TryGetProperty("type", out JsonElement type) && type.ValueKind == JsonValueKind.String
            && element.TryGetProperty("id", out JsonElement id) && id.ValueKind == JsonValueKind.String
                ? new EntityUid(type.GetString()!, id.GetString()!)
                : throw new InputException($"{place}: expected an entity uid, User::\"alice\" or {{\"type\":\"User\",\"id\":\"alice\"}}.");
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
