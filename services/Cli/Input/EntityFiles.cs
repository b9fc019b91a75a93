using System.Text.Json;

namespace AccessGov.Cli;

/// <summary>Entities as they stand in a file, or inside another one.</summary>
internal sealed record EntitySource(Place Place, ReadOnlyMemory<byte> Utf8)
{
    public static EntitySource Of(InputFile file)
    {
        ReadOnlyMemory<byte> utf8 = file.Json();
        return new EntitySource(InputDocument.PlaceIn(file.Name, utf8), utf8);
    }

    public static EntitySource Inside(Place place, JsonElement json) => new(place, RequestReader.Raw(json).ToArray());
}

/// <summary>Entities from files and from inside other files, read with the schema when there is one.</summary>
internal static class EntityFiles
{
    /// <summary>All entities of <paramref name="paths"/>; with a schema its actions too.</summary>
    /// <exception cref="MalformedInputException">Some file holds no entities, they contradict each other, or do not conform to the schema.</exception>
    public static EntityStore Load(IReadOnlyList<string> paths, Schema? schema, Terminal terminal) =>
        Store([.. paths.Select(path => EntitySource.Of(InputFile.Read(path, terminal)))], schema);

    /// <exception cref="MalformedInputException">Some source holds no entities, they contradict each other, or do not conform to the schema.</exception>
    public static EntityStore Store(IReadOnlyList<EntitySource> sources, Schema? schema)
    {
        IEnumerable<Entity> entities = [.. schema?.ActionEntities ?? [], .. sources.SelectMany(source => Read(source, schema))];
        return Store(entities, sources);
    }

    /// <summary>The store with <paramref name="own"/> in the place of the entities that have the same uids.</summary>
    public static EntityStore Replace(EntityStore store, EntitySource own, Schema? schema)
    {
        IReadOnlyCollection<Entity> entities = Read(own, schema);
        HashSet<EntityUid> replaced = [.. entities.Select(entity => entity.Uid)];
        return Store(store.Entities.Where(entity => !replaced.Contains(entity.Uid)).Concat(entities), [own]);
    }

    private static IReadOnlyCollection<Entity> Read(EntitySource source, Schema? schema)
    {
        try
        {
            return schema is null ? EntitiesJson.Read(source.Utf8.Span) : EntitiesJson.Parse(source.Utf8.Span, schema).Entities;
        }
        catch (EntityDataException refused)
        {
            throw new EntityFault(source, schema).Of(refused);
        }
        catch (ConformanceException refused)
        {
            throw new EntityFault(source, schema).Of(refused);
        }
    }

    private static EntityStore Store(IEnumerable<Entity> entities, IReadOnlyList<EntitySource> sources)
    {
        try
        {
            return EntityStore.Create(entities);
        }
        catch (EntityDataException refused)
        {
            // What contradicts is named; it stands in one of the sources, and the last one is what came to the others.
            throw sources.Reverse().Select(source => new EntityFault(source, null).Named(refused)).FirstOrDefault(found => found is not null)
                ?? new MalformedInputException([new Finding(Severity.Error, "entities", sources.Count > 0 ? sources[^1].Place.Name : null, refused.Message)]);
        }
    }
}
