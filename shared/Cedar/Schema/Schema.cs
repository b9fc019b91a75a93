namespace AccessGov.Cedar;

/// <summary>
/// What entities, actions and requests look like, resolved: the entity types and actions by their complete names. Immutable and safe
/// for any number of threads.
/// </summary>
public sealed class Schema
{
    internal Schema(IReadOnlyDictionary<string, SchemaEntityType> entityTypes, IReadOnlyDictionary<EntityUid, SchemaAction> actions)
    {
        EntityTypes = entityTypes;
        Actions = actions;
    }

    /// <summary>The declared entity types by name. Action types are not among them.</summary>
    public IReadOnlyDictionary<string, SchemaEntityType> EntityTypes { get; }

    /// <summary>The declared actions, groups among them.</summary>
    public IReadOnlyDictionary<EntityUid, SchemaAction> Actions { get; }
}
