namespace AccessGov.Cli;

/// <summary>Entities from files and from inside other files, read with the schema when there is one.</summary>
internal static class EntityFiles
{
    /// <summary>All entities of <paramref name="paths"/>; with a schema its actions too.</summary>
    /// <exception cref="MalformedInputException">Some file holds no entities, they contradict each other, or do not conform to the schema.</exception>
    public static EntityStore Load(IReadOnlyList<string> paths, Schema? schema, Terminal terminal)
    {
        var entities = new List<Entity>(schema?.ActionEntities ?? []);
        foreach (string path in paths)
        {
            InputFile file = InputFile.Read(path, terminal);
            entities.AddRange(Parse(file.Name, file.Json().Span, schema));
        }

        return Store(string.Join(", ", paths), entities);
    }

    public static IReadOnlyCollection<Entity> Parse(string name, ReadOnlySpan<byte> utf8, Schema? schema)
    {
        try
        {
            return schema is null ? EntitiesJson.Read(utf8) : EntitiesJson.Parse(utf8, schema).Entities;
        }
        catch (EntityDataException refused)
        {
            throw new MalformedInputException("entities", name, refused.Message);
        }
        catch (ConformanceException refused)
        {
            throw new MalformedInputException([.. refused.Errors.Select(error => new Finding(Severity.Error, "entities", name, error.ToString()))]);
        }
    }

    public static EntityStore Store(string name, IEnumerable<Entity> entities)
    {
        try
        {
            return EntityStore.Create(entities);
        }
        catch (EntityDataException refused)
        {
            throw new MalformedInputException("entities", name, refused.Message);
        }
    }
}
