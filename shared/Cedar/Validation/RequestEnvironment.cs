namespace AccessGov.Cedar;

/// <summary>One kind of request that a schema allows: an action with one of its principal types and one of its resource types.</summary>
internal sealed record RequestEnvironment(EntitySchemaType Principal, SchemaAction Action, EntitySchemaType Resource);

/// <summary>A schema as the typechecker asks it, with what it would ask again and again kept. It serves one validation.</summary>
internal sealed class TypeUniverse(Schema schema)
{
    private readonly Dictionary<string, EntitySchemaType> references = new(StringComparer.Ordinal);
    private readonly Dictionary<string, HashSet<string>?> choices = new(StringComparer.Ordinal);
    private readonly Dictionary<(string, string), bool> actionHierarchy = [];
    private readonly Dictionary<RecordSchemaType, int> contexts = new(ReferenceEqualityComparer.Instance);

    public Schema Schema => schema;

    public TypeLattice Lattice { get; } = new();

    public NearestName Nearest { get; } = new();

    public EntitySchemaType Reference(string entityType)
    {
        if (!references.TryGetValue(entityType, out EntitySchemaType? reference))
        {
            reference = new EntitySchemaType(entityType);
            references.Add(entityType, reference);
        }

        return reference;
    }

    /// <summary>A number for a context: actions that share one by name share its number, and so one check.</summary>
    public int NumberOf(RecordSchemaType context)
    {
        if (!contexts.TryGetValue(context, out int number))
        {
            number = contexts.Count;
            contexts.Add(context, number);
        }

        return number;
    }

    /// <summary>Whether the schema knows the entity: by its type, or as an action.</summary>
    public bool Declares(EntityUid uid) =>
        Names.IsActionType(uid.Type) ? schema.Actions.ContainsKey(uid) : schema.EntityTypes.ContainsKey(uid.Type);

    /// <summary>The attributes of an entity or a record; an action has none; null for any other type.</summary>
    public RecordSchemaType? AttributesOf(SchemaType type) => type switch
    {
        RecordSchemaType record => record,
        EntitySchemaType entity => schema.EntityTypes.GetValueOrDefault(entity.Name)?.Attributes ?? RecordSchemaType.Empty,
        _ => null,
    };

    /// <summary>The only ids that entities of an enumerated type have; null for any other type.</summary>
    public IReadOnlySet<string>? ChoicesOf(string entityType)
    {
        if (!choices.TryGetValue(entityType, out HashSet<string>? ids))
        {
            ids = schema.EntityTypes.GetValueOrDefault(entityType)?.Choices?.ToHashSet(StringComparer.Ordinal);
            choices.Add(entityType, ids);
        }

        return ids;
    }

    public SchemaType? TagsOf(EntitySchemaType entity) => schema.EntityTypes.GetValueOrDefault(entity.Name)?.Tags;

    /// <summary>Whether an entity of the first type can be in one of the second.</summary>
    public bool MayBeIn(string descendant, string ancestor)
    {
        if (string.Equals(descendant, ancestor, StringComparison.Ordinal))
        {
            return true;
        }

        if (schema.EntityTypes.TryGetValue(descendant, out SchemaEntityType? type))
        {
            return type.Ancestors.Contains(ancestor);
        }

        if (!actionHierarchy.TryGetValue((descendant, ancestor), out bool may))
        {
            may = schema.Actions.Values.Any(action =>
                string.Equals(action.Uid.Type, descendant, StringComparison.Ordinal)
                && action.Ancestors.Any(group => string.Equals(group.Type, ancestor, StringComparison.Ordinal)));
            actionHierarchy.Add((descendant, ancestor), may);
        }

        return may;
    }
}
