using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace AccessGov.Cli;

/// <summary>Requests from options and JSON. A uid is <c>User::"alice"</c>, <c>{"type":…,"id":…}</c>, or that inside <c>__entity</c>.</summary>
internal static class RequestReader
{
    public static EntityUid Uid(string text, string option) => Uid(text, Place.Option(option));

    /// <exception cref="InputException">It is no uid, its type is no name of a type, or it holds something else besides.</exception>
    public static EntityUid Uid(JsonElement element, Place place)
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
            throw place.Refuse("expected an entity uid, User::\"alice\" or {\"type\":\"User\",\"id\":\"alice\"}.");
        }

        string type = members["type"].Text(place.Member("type"));
        return EntityUid.IsTypeName(type)
            ? new EntityUid(type, members["id"].Text(place.Member("id")))
            : throw place.Member("type").Refuse($"`{type}` is not an entity type such as User or Hospital::User.");
    }

    public static ReadOnlySpan<byte> Raw(JsonElement element) => JsonMarshal.GetRawUtf8Value(element);

    /// <summary>A request with its context, checked against the schema when there is one.</summary>
    /// <param name="principal">Who asks.</param>
    /// <param name="action">What for.</param>
    /// <param name="resource">On what.</param>
    /// <param name="context">The context as JSON; null for none.</param>
    /// <param name="schema">What the request must conform to, or null.</param>
    /// <param name="request">Where the request stands.</param>
    /// <param name="contextPlace">Where the context stands.</param>
    /// <exception cref="InputException">The context is no record, or the request does not conform to the schema.</exception>
    public static Request Request(EntityUid principal, EntityUid action, EntityUid resource, JsonElement? context, Schema? schema, Place request, Place contextPlace)
    {
        ReadOnlySpan<byte> json = context is { } given ? Raw(given) : "{}"u8;
        try
        {
            RecordValue record = schema is null ? ValueJson.ParseRecord(Encoding.UTF8.GetString(json)) : schema.ReadContext(action, json);
            var asked = new Request(principal, action, resource, record);
            return schema?.Check(asked) is { Count: > 0 } errors ? throw new ConformanceException(errors) : asked;
        }
        catch (ValueJsonException refused)
        {
            throw ValueFault.Of(contextPlace, context!.Value, refused).Refuse("context");
        }
        catch (ConformanceException refused)
        {
            throw new MalformedInputException([.. refused.Errors.Select(error => Conforming(error, request, contextPlace))]) { IsNonconforming = IsRecord(json) };
        }
    }

    private static bool IsRecord(ReadOnlySpan<byte> json)
    {
        try
        {
            ValueJson.ParseRecord(Encoding.UTF8.GetString(json));
            return true;
        }
        catch (ValueJsonException)
        {
            return false;
        }
    }

    private static Finding Conforming(ConformanceError error, Place request, Place context)
    {
        const string Context = "context";
        return error.Path.StartsWith(Context, StringComparison.Ordinal)
            ? (error.Path.Length > Context.Length ? context.Follow(error.Path[Context.Length..].TrimStart('.')) : context).At("request", error.ToString())
            : request.Follow(error.Path).At("request", error.ToString());
    }

    private static EntityUid Uid(string text, Place place) => EntityUid.TryParse(text, out EntityUid? uid)
        ? uid
        : throw place.Refuse($"`{text}` is not an entity uid such as User::\"alice\".");
}
