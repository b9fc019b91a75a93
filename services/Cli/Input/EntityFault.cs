using System.Text.Json;

namespace AccessGov.Cli;

/// <summary>What is wrong with entities, found again by entity, line and column.</summary>
internal sealed class EntityFault(EntitySource source, Schema? schema)
{
    private const string Kind = "entities";

    /// <summary>JSON that is none, that is no entity, or entities of one source that contradict each other.</summary>
    /// <exception cref="MalformedInputException">It is not JSON.</exception>
    public MalformedInputException Of(EntityDataException refused)
    {
        if (source.Place.IsWhole)
        {
            JsonSyntax.CheckSyntax(source.Place.Name, source.Utf8);
        }

        if (refused.InnerException is JsonException malformed && source.Place.IsWhole)
        {
            return JsonSyntax.Malformed(source.Place.Name, source.Utf8, malformed, $"{ValueJson.DepthMax} levels, the most that is read");
        }

        if (source.Place.IsWhole)
        {
            JsonSyntax.CheckDepth(source.Place.Name, source.Utf8, InputDocument.DepthMax);
        }

        if (refused.InnerException is null)
        {
            return Named(refused) ?? new MalformedInputException([source.Place.Finding(Kind, refused.Message)]);
        }

        using JsonDocument document = Document();
        foreach ((Place place, JsonElement json) in Items(document))
        {
            if (Refused(json) is { } why)
            {
                (Place part, string message) = Part(place, json, why);
                return new MalformedInputException([Uid(json) is { } uid ? part.At(Kind, $"{$"{uid} {part.Below(place)}".TrimEnd()}: {message}") : part.Finding(Kind, message)]);
            }
        }

        return new MalformedInputException([source.Place.Finding(Kind, refused.InnerException is JsonException ? ValueFault.TooDeep : refused.InnerException.Message)]);
    }

    public MalformedInputException Of(ConformanceException refused)
    {
        using JsonDocument document = Document();
        var places = new Dictionary<string, Place>(StringComparer.Ordinal);
        foreach ((Place place, JsonElement json) in Items(document))
        {
            places.TryAdd(Uid(json) ?? "", place);
        }

        return new MalformedInputException([.. refused.Errors.Select(error =>
            (places.GetValueOrDefault(error.Entity?.ToString() ?? "")?.Follow(error.Path) ?? source.Place).At(Kind, error.ToString()))]) { IsNonconforming = AreEntities() };
    }

    /// <summary>The last entity whose uid the message names, or null.</summary>
    public MalformedInputException? Named(EntityDataException refused)
    {
        using JsonDocument document = Document();
        Place? place = Items(document).Where(item => Uid(item.Json) is { } uid && refused.Message.Contains(uid, StringComparison.Ordinal)).Select(item => item.Place).LastOrDefault();
        return place is null ? null : new MalformedInputException([place.At(Kind, refused.Message)]);
    }

    private bool AreEntities()
    {
        try
        {
            return EntitiesJson.Read(source.Utf8.Span) is not null;
        }
        catch (EntityDataException)
        {
            return false;
        }
    }

    private JsonDocument Document() => JsonDocument.Parse(source.Utf8, new JsonDocumentOptions { MaxDepth = InputDocument.DepthMax });

    private IEnumerable<(Place Place, JsonElement Json)> Items(JsonDocument document) =>
        document.RootElement.ValueKind == JsonValueKind.Array ? InputDocument.Children(source.Place, document.RootElement) : [];

    private EntityDataException? Refused(JsonElement entity)
    {
        byte[] alone = [(byte)'[', .. RequestReader.Raw(entity), (byte)']'];
        try
        {
            _ = schema is null ? EntitiesJson.Read(alone).Count : EntitiesJson.Parse(alone, schema).Count;
            return null;
        }
        catch (EntityDataException refused)
        {
            return refused;
        }
        catch (ConformanceException)
        {
            return null;
        }
    }

    private static (Place Place, string Message) Part(Place place, JsonElement entity, EntityDataException refused)
    {
        string message = refused.InnerException switch
        {
            JsonException => ValueFault.TooDeep,
            { } inner => inner.Message,
            null => refused.Message,
        };
        // Members are read in their order, so the first that is wrong is the one the message is about.
        ValueFault? fault = entity.ValueKind != JsonValueKind.Object ? null : entity.EnumerateObject().Select(member => JsonText.Key(member) switch
        {
            "uid" when !IsUid(member.Value) => new ValueFault(place.Member("uid"), message),
            "parents" when Parents(place.Member("parents"), member.Value) is { } wrong => new ValueFault(wrong, message),
            "attrs" or "tags" => Values(place.Member(JsonText.Key(member)!), member.Value),
            _ => null,
        }).FirstOrDefault(found => found is not null);
        return fault is null ? (place, message) : (fault.Place, fault.Message);
    }

    /// <summary>The first of the parents that is no uid, all of them where they are no list, or null.</summary>
    private static Place? Parents(Place place, JsonElement parents) => parents.ValueKind != JsonValueKind.Array
        ? place
        : InputDocument.Children(place, parents).Where(parent => !IsUid(parent.Json)).Select(parent => parent.Place).FirstOrDefault();

    private static bool IsUid(JsonElement json) => json.ValueKind == JsonValueKind.Object && UidOf(json) is not null;

    private static ValueFault? Values(Place place, JsonElement values)
    {
        try
        {
            ValueJson.ReadRecord(values);
            return null;
        }
        catch (ValueJsonException refused)
        {
            return ValueFault.Of(place, values, refused);
        }
    }

    private static string? Uid(JsonElement entity) => entity.Member("uid") is { } uid ? UidOf(uid) : null;

    private static string? UidOf(JsonElement uid)
    {
        try
        {
            return RequestReader.Uid(uid, Place.Option("uid")).ToString();
        }
        catch (InputException)
        {
            return null;
        }
    }
}
