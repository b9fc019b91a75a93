namespace AccessGov.Cedar;

/// <summary>An entity type that a schema declares, resolved. Immutable.</summary>
public sealed class SchemaEntityType
{
    private readonly HashSet<string>? choices;

    internal SchemaEntityType(
        string name,
        IReadOnlySet<string> parents,
        IReadOnlySet<string> ancestors,
        RecordSchemaType attributes,
        SchemaType? tags,
        IReadOnlyList<string>? choices)
    {
        Name = name;
        Parents = parents;
        Ancestors = ancestors;
        Attributes = attributes;
        Tags = tags;
        Choices = choices;
        this.choices = choices?.ToHashSet(StringComparer.Ordinal);
    }

    /// <summary>The complete name, such as <c>Hospital::User</c>.</summary>
    public string Name { get; }

    /// <summary>The types an entity of this type may have as direct parents.</summary>
    public IReadOnlySet<string> Parents { get; }

    /// <summary>The types an entity of this type may have as ancestors: the transitive closure of <see cref="Parents"/>.</summary>
    public IReadOnlySet<string> Ancestors { get; }

    /// <summary>The attributes.</summary>
    public RecordSchemaType Attributes { get; }

    /// <summary>The type of every tag, or null when entities of this type have no tags.</summary>
    public SchemaType? Tags { get; }

    /// <summary>The only ids an entity of this type may have (<c>enum</c>), or null when any id will do.</summary>
    public IReadOnlyList<string>? Choices { get; }

    /// <summary>Whether an entity of this type may have the id <paramref name="id"/>.</summary>
    public bool Allows(string id) => choices is null || choices.Contains(id);
}

/// <summary>An action that a schema declares, resolved. Immutable.</summary>
public sealed class SchemaAction
{
    internal SchemaAction(
        EntityUid uid,
        IReadOnlySet<EntityUid> parents,
        IReadOnlySet<EntityUid> ancestors,
        IReadOnlyList<string> principalTypes,
        IReadOnlyList<string> resourceTypes,
        RecordSchemaType context)
    {
        Uid = uid;
        Parents = parents;
        Ancestors = ancestors;
        PrincipalTypes = principalTypes;
        ResourceTypes = resourceTypes;
        Context = context;
    }

    /// <summary>The action, such as <c>Action::"study.view"</c>.</summary>
    public EntityUid Uid { get; }

    /// <summary>The groups it is directly in.</summary>
    public IReadOnlySet<EntityUid> Parents { get; }

    /// <summary>All groups it is in: the transitive closure of <see cref="Parents"/>.</summary>
    public IReadOnlySet<EntityUid> Ancestors { get; }

    /// <summary>The types of principals it applies to; none for a pure group.</summary>
    public IReadOnlyList<string> PrincipalTypes { get; }

    /// <summary>The types of resources it applies to; none for a pure group.</summary>
    public IReadOnlyList<string> ResourceTypes { get; }

    /// <summary>The context of its requests.</summary>
    public RecordSchemaType Context { get; }
}
