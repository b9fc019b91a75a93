using System.Text;
using System.Text.Json;

namespace AccessGov.Cedar;

/// <summary>
/// Entities as JSON: an array of <c>{"uid":…,"attrs":{…},"parents":[…],"tags":{…}}</c>, uids with or without <c>__entity</c>. Unknown
/// and duplicate keys are refused; <c>tags</c> may be left out.
/// </summary>
public static class EntitiesJson
{
    /// <summary>Reads entities and works out their hierarchy.</summary>
    /// <exception cref="EntityDataException">It is not the JSON of entities, or they contradict each other.</exception>
    public static EntityStore Parse(string json) => EntityStore.Create(Read(Encoding.UTF8.GetBytes(json)));

    /// <summary>Reads entities and works out their hierarchy.</summary>
    /// <exception cref="EntityDataException">It is not the JSON of entities, or they contradict each other.</exception>
    public static EntityStore Parse(ReadOnlySpan<byte> utf8) => EntityStore.Create(Read(utf8));

    /// <summary>
    /// Reads entities, checks them against <paramref name="schema"/> and works out their hierarchy. Where the schema expects an extension
    /// value or an entity, the escape may be left out: <c>"10.0.0.1"</c>, <c>{"type":…,"id":…}</c>. The actions are those of the schema.
    /// </summary>
    /// <exception cref="EntityDataException">It is not the JSON of entities, or they contradict each other.</exception>
    /// <exception cref="ConformanceException">The entities are not what the schema says.</exception>
    public static EntityStore Parse(ReadOnlySpan<byte> utf8, Schema schema) => EntityStore.Create(SchemaEntitiesReader.Read(utf8, schema));

    /// <summary>Reads the entities alone, in the order of the array.</summary>
    /// <exception cref="EntityDataException">It is not the JSON of entities.</exception>
    public static IReadOnlyList<Entity> Read(ReadOnlySpan<byte> utf8)
    {
        var reader = new Utf8JsonReader(utf8, new JsonReaderOptions { MaxDepth = ValueJson.DepthMax });
        var entities = new List<Entity>();
        try
        {
            reader.Read();
            if (reader.TokenType != JsonTokenType.StartArray)
            {
                throw new ValueJsonException("Expected an array of entities.");
            }

            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            {
                entities.Add(ReadEntity(ref reader));
            }

            return reader.Read() ? throw new ValueJsonException("There is more text behind the entities.") : entities;
        }
        catch (JsonException malformed)
        {
            throw new EntityDataException($"This is not valid JSON: {malformed.Message}", malformed);
        }
        catch (ValueJsonException refused)
        {
            throw new EntityDataException($"Entity {entities.Count} (counted from 0): {refused.Message}", refused);
        }
    }

    /// <summary>Writes <paramref name="entities"/> so that reading gives equal ones back.</summary>
    public static void Write(Utf8JsonWriter writer, IEnumerable<Entity> entities)
    {
        writer.WriteStartArray();
        foreach (Entity entity in entities)
        {
            Write(writer, entity);
        }

        writer.WriteEndArray();
    }

    /// <summary>Writes one entity.</summary>
    public static void Write(Utf8JsonWriter writer, Entity entity)
    {
        writer.WriteStartObject();
        writer.WritePropertyName("uid");
        ValueJsonWriter.WriteUid(writer, entity.Uid);
        writer.WritePropertyName("attrs");
        ValueJsonWriter.Write(writer, entity.Attributes);
        writer.WriteStartArray("parents");
        foreach (EntityUid parent in entity.Parents)
        {
            ValueJsonWriter.WriteUid(writer, parent);
        }

        writer.WriteEndArray();
        if (entity.Tags.Count > 0)
        {
            writer.WritePropertyName("tags");
            ValueJsonWriter.Write(writer, entity.Tags);
        }

        writer.WriteEndObject();
    }

    private static Entity ReadEntity(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw new ValueJsonException("An entity is an object.");
        }

        EntityUid? uid = null;
        RecordValue? attributes = null;
        List<EntityUid>? parents = null;
        RecordValue? tags = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string key = ValueJsonReader.Name(ref reader);
            reader.Read();
            switch (key)
            {
                case "uid" when uid is null:
                    uid = ValueJsonReader.Uid(ref reader);
                    break;
                case "attrs" when attributes is null:
                    attributes = ValueJson.AsRecord(ValueJsonReader.Read(ref reader, 0));
                    break;
                case "parents" when parents is null:
                    parents = ReadParents(ref reader);
                    break;
                case "tags" when tags is null:
                    tags = ValueJson.AsRecord(ValueJsonReader.Read(ref reader, 0));
                    break;
                default:
                    throw new ValueJsonException($"The key `{key}` is unknown or occurs twice; an entity has uid, attrs, parents and tags.");
            }
        }

        return uid is null || attributes is null || parents is null
            ? throw new ValueJsonException("An entity needs the keys uid, attrs and parents.")
            : new Entity(uid, attributes, parents, tags);
    }

    private static List<EntityUid> ReadParents(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            throw new ValueJsonException("The parents are an array of entity uids.");
        }

        var parents = new List<EntityUid>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            parents.Add(ValueJsonReader.Uid(ref reader));
        }

        return parents;
    }
}
