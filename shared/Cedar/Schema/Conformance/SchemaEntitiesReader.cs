using System.Text.Json;

namespace AccessGov.Cedar;

/// <summary>Reads the JSON of entities and of contexts knowing the schema, and checks them against it.</summary>
internal sealed class SchemaEntitiesReader
{
    private readonly Schema schema;
    private readonly ConformanceErrors errors = new();
    private readonly SchemaValueReader values;
    private readonly ConformanceCheck check;

    private SchemaEntitiesReader(Schema schema)
    {
        this.schema = schema;
        values = new SchemaValueReader(errors);
        check = new ConformanceCheck(schema, errors);
    }

    /// <summary>The entities in the order of the array, then the actions of the schema.</summary>
    public static List<Entity> Read(ReadOnlySpan<byte> utf8, Schema schema)
    {
        var reader = new SchemaEntitiesReader(schema);
        var entities = new List<Entity>();
        int read = 0;
        try
        {
            using JsonDocument document = Document(utf8);
            if (document.RootElement.ValueKind != JsonValueKind.Array)
            {
                throw new ValueJsonException("Expected an array of entities.");
            }

            foreach (JsonElement element in document.RootElement.EnumerateArray())
            {
                Entity entity = reader.ReadEntity(element);
                read++;
                if (!Names.IsActionType(entity.Uid.Type))
                {
                    entities.Add(entity);
                }
            }
        }
        catch (JsonException malformed)
        {
            throw new EntityDataException($"This is not valid JSON: {malformed.Message}", malformed);
        }
        catch (ValueJsonException refused)
        {
            throw new EntityDataException($"Entity {read} (counted from 0): {refused.Message}", refused);
        }

        reader.errors.ThrowIfAny();
        entities.AddRange(schema.ActionEntities);
        return entities;
    }

    public static RecordValue ReadContext(ReadOnlySpan<byte> utf8, Schema schema, EntityUid action)
    {
        var reader = new SchemaEntitiesReader(schema);
        reader.errors.Begin("action");
        if (!schema.Actions.TryGetValue(action, out SchemaAction? declared))
        {
            reader.errors.Add($"{action} is not an action of the schema.");
            throw new ConformanceException(reader.errors.Found);
        }

        try
        {
            using JsonDocument document = Document(utf8);
            RecordValue context = reader.values.ReadRecord(
                document.RootElement, "context", name => declared.Context.Attributes.GetValueOrDefault(name)?.Type);
            reader.errors.ThrowIfAny();
            reader.check.CheckContext(context, declared);
            reader.errors.ThrowIfAny();
            return context;
        }
        catch (JsonException malformed)
        {
            throw new ValueJsonException($"This is not valid JSON: {malformed.Message}", malformed);
        }
    }

    private static JsonDocument Document(ReadOnlySpan<byte> utf8)
    {
        var reader = new Utf8JsonReader(utf8, new JsonReaderOptions { MaxDepth = ValueJson.DepthMax });
        JsonDocument document = JsonDocument.ParseValue(ref reader);
        try
        {
            return reader.Read() ? throw new ValueJsonException("There is more text behind the JSON.") : document;
        }
        catch
        {
            document.Dispose();
            throw;
        }
    }

    private Entity ReadEntity(JsonElement element)
    {
        Dictionary<string, JsonElement> fields = Fields(element);
        if (!fields.TryGetValue("uid", out JsonElement uidElement) || !fields.TryGetValue("attrs", out JsonElement attrs)
            || !fields.TryGetValue("parents", out JsonElement parentsElement))
        {
            throw new ValueJsonException("An entity needs the keys uid, attrs and parents.");
        }

        if (parentsElement.ValueKind != JsonValueKind.Array)
        {
            throw new ValueJsonException("The parents are an array of entity uids.");
        }

        EntityUid uid = SchemaValueReader.Uid(uidElement);
        SchemaEntityType? type = schema.EntityTypes.GetValueOrDefault(uid.Type);
        int errorsBefore = errors.Count;
        errors.Entity = uid;
        RecordValue attributes = values.ReadRecord(attrs, "attrs", name => type?.Attributes.Attributes.GetValueOrDefault(name)?.Type);
        RecordValue? tags = fields.TryGetValue("tags", out JsonElement tagsElement) ? values.ReadRecord(tagsElement, "tags", _ => type?.Tags) : null;
        var entity = new Entity(uid, attributes, parentsElement.EnumerateArray().Select(SchemaValueReader.Uid), tags);

        // What could not be read would only be called missing.
        if (errors.Count == errorsBefore)
        {
            check.Check(entity);
        }

        return entity;
    }

    private static Dictionary<string, JsonElement> Fields(JsonElement element)
    {
        if (element.ValueKind != JsonValueKind.Object)
        {
            throw new ValueJsonException("An entity is an object.");
        }

        var fields = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        foreach (JsonProperty property in element.EnumerateObject())
        {
            string key = SchemaValueReader.NameOf(property);
            if (key is not ("uid" or "attrs" or "parents" or "tags") || !fields.TryAdd(key, property.Value))
            {
                throw new ValueJsonException($"The key `{key}` is unknown or occurs twice; an entity has uid, attrs, parents and tags.");
            }
        }

        return fields;
    }
}
