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

    /// <summary>Reads a schema that is written as one text (<c>.cedarschema</c>).</summary>
    /// <param name="text">The schema.</param>
    /// <param name="file">A name for the text, for positions.</param>
    /// <exception cref="SchemaException">The text breaks the grammar, or the schema breaks a rule.</exception>
    public static Schema Parse(string text, string? file = null) => Create([SchemaFragment.Parse(text, file)]);

    /// <summary>A schema of several texts, which may speak of each other's declarations and add to each other's namespaces.</summary>
    /// <exception cref="SchemaException">The schema breaks a rule: a name is declared twice, or not at all, and so on.</exception>
    public static Schema Create(IEnumerable<SchemaFragment> fragments) =>
        SchemaResolver.Resolve([.. fragments.SelectMany(fragment => fragment.Namespaces)]);

    /// <summary>The declared entity types by name. Action types are not among them.</summary>
    public IReadOnlyDictionary<string, SchemaEntityType> EntityTypes { get; }

    /// <summary>The declared actions, groups among them.</summary>
    public IReadOnlyDictionary<EntityUid, SchemaAction> Actions { get; }
}
