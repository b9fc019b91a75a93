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
                string entity = Uid(json) is { } uid ? $"{uid}: " : "";
                return new MalformedInputException([part.Finding(Kind, entity + message)]);
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

    private JsonDocument Document() => JsonDocument.Parse(source.Utf8, new JsonDocumentOptions { MaxDepth = int.MaxValue });

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
        foreach (string name in new[] { "attrs", "tags" })
        {
            if (entity.Member(name) is { } values && Values(place.Member(name), values) is { } fault)
            {
                return (fault.Place, fault.Message);
            }
        }

        bool IsUid(JsonElement json) => json.ValueKind == JsonValueKind.Object && UidOf(json) is not null;

        Place? wrong = entity.Member("parents") is not { } parents ? null
            : InputDocument.Children(place.Member("parents"), parents).Where(parent => !IsUid(parent.Json)).Select(parent => parent.Place).FirstOrDefault();
        return (wrong ?? (entity.Member("uid") is { } uid && !IsUid(uid) ? place.Member("uid") : place), message);
    }

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
