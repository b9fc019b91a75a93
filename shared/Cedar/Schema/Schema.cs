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
        ActionEntities = [.. actions.Values.Select(action => new Entity(action.Uid, parents: action.Parents))];
    }

    /// <summary>Reads a schema that is written as one text (<c>.cedarschema</c>).</summary>
    /// <param name="text">The schema.</param>
    /// <param name="file">A name for the text, for positions.</param>
    /// <exception cref="SchemaException">The text breaks the grammar, or the schema breaks a rule.</exception>
    public static Schema Parse(string text, string? file = null) => Create([SchemaFragment.Parse(text, file)]);

    /// <summary>Reads a schema that is written as one JSON (<c>.cedarschema.json</c>).</summary>
    /// <param name="utf8">The schema.</param>
    /// <param name="file">A name for the text, for errors.</param>
    /// <exception cref="SchemaException">It is not the JSON of a schema, or the schema breaks a rule.</exception>
    public static Schema ParseJson(ReadOnlyMemory<byte> utf8, string? file = null) => Create([SchemaFragment.ParseJson(utf8, file)]);

    /// <summary>Reads a schema that is written as one JSON (<c>.cedarschema.json</c>).</summary>
    /// <param name="json">The schema.</param>
    /// <param name="file">A name for the text, for errors.</param>
    /// <exception cref="SchemaException">It is not the JSON of a schema, or the schema breaks a rule.</exception>
    public static Schema ParseJson(string json, string? file = null) => Create([SchemaFragment.ParseJson(json, file)]);

    /// <summary>A schema of several texts, which may speak of each other's declarations and add to each other's namespaces.</summary>
    /// <exception cref="SchemaException">The schema breaks a rule: a name is declared twice, or not at all, and so on.</exception>
    public static Schema Create(IEnumerable<SchemaFragment> fragments) =>
        SchemaResolver.Resolve([.. fragments.SelectMany(fragment => fragment.Namespaces)]);

    /// <summary>The declared entity types by name. Action types are not among them.</summary>
    public IReadOnlyDictionary<string, SchemaEntityType> EntityTypes { get; }

    /// <summary>The declared actions, groups among them.</summary>
    public IReadOnlyDictionary<EntityUid, SchemaAction> Actions { get; }

    /// <summary>The actions as entities, each in its groups: what <c>action in Action::"read"</c> needs.</summary>
    public IReadOnlyList<Entity> ActionEntities { get; }

    /// <summary>
    /// Compares an entity with its declared type: required and further attributes and their types, the types of parents, tags, enumerated
    /// ids. An action must be as the schema declares it.
    /// </summary>
    /// <returns>What is wrong; nothing when the entity conforms. At most <see cref="ConformanceException.ErrorsMax"/> errors.</returns>
    public IReadOnlyList<ConformanceError> Check(Entity entity)
    {
        var errors = new ConformanceErrors();
        new ConformanceCheck(this, errors).Check(entity);
        return errors.Found;
    }

    /// <summary>Compares a request with its declared action: the types of principal and resource, the context, enumerated ids.</summary>
    /// <returns>What is wrong; nothing when the request conforms. At most <see cref="ConformanceException.ErrorsMax"/> errors.</returns>
    public IReadOnlyList<ConformanceError> Check(Request request)
    {
        var errors = new ConformanceErrors();
        new ConformanceCheck(this, errors).Check(request);
        return errors.Found;
    }

    /// <summary>
    /// Reads the context of a request for <paramref name="action"/> from JSON. Where the schema expects an extension value or an entity,
    /// the escape may be left out: <c>"10.0.0.1"</c>, <c>{"type":…,"id":…}</c>.
    /// </summary>
    /// <exception cref="ValueJsonException">It is not the JSON of a record.</exception>
    /// <exception cref="ConformanceException">The action is not declared, or the context is not what the schema says.</exception>
    public RecordValue ReadContext(EntityUid action, ReadOnlySpan<byte> utf8) => SchemaEntitiesReader.ReadContext(utf8, this, action);
}
