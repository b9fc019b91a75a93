namespace AccessGov.IdentityFederation.Provisioning;

/// <summary>What an attribute's values are (RFC 7643, 2.3), as far as our resources have such.</summary>
internal enum ScimKind
{
    Text,
    Boolean,
    Integer,
    Instant,
    Reference,
    Binary,
    Complex,
}

/// <summary>An attribute of a resource (RFC 7643, 7).</summary>
/// <param name="Name">The name as it is written; callers may write it in any case.</param>
/// <param name="Description">What it is, for people.</param>
/// <param name="Kind">What its values are.</param>
internal sealed record ScimAttribute(string Name, string Description, ScimKind Kind = ScimKind.Text)
{
    public bool Many { get; init; }

    public bool Required { get; init; }

    public bool CaseExact { get; init; }

    /// <summary>Set here, never by a client.</summary>
    public bool ReadOnly { get; init; }

    public bool Immutable { get; init; }

    /// <summary>Returned whatever a client asks for.</summary>
    public bool Always { get; init; }

    /// <summary>none, or server: no two of one service have the same.</summary>
    public string Uniqueness { get; init; } = "none";

    public IReadOnlyList<string> CanonicalValues { get; init; } = [];

    public IReadOnlyList<string> ReferenceTypes { get; init; } = [];

    public IReadOnlyList<ScimAttribute> Parts { get; init; } = [];

    public ScimAttribute? Part(string name) => Parts.FirstOrDefault(part => part.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
}

/// <summary>A schema: attributes under one URN.</summary>
internal sealed record ScimSchema(string Urn, string Name, string Description, IReadOnlyList<ScimAttribute> Attributes);

/// <summary>A kind of resource, its core schema and its extensions.</summary>
internal sealed record ScimResourceType(
    string Name, string Endpoint, string Description, ScimSchema Core, IReadOnlyList<ScimSchema> Extensions)
{
    /// <summary>The attributes that every resource has (RFC 7643, 3.1). They belong to no schema document.</summary>
    public static IReadOnlyList<ScimAttribute> Shared { get; } =
    [
        new("schemas", "The schemas of the resource.", ScimKind.Reference) { Many = true, CaseExact = true, ReadOnly = true,
            Always = true },
        new("id", "The id that this service gave.") { CaseExact = true, ReadOnly = true, Always = true, Uniqueness = "server" },
        new("externalId", "The id in the system that provisions the resource.") { CaseExact = true },
        new("meta", "What this service knows of the resource itself.", ScimKind.Complex)
        {
            ReadOnly = true,
            Parts =
            [
                new("resourceType", "The kind of resource.") { CaseExact = true, ReadOnly = true },
                new("created", "When it was first known.", ScimKind.Instant) { ReadOnly = true },
                new("lastModified", "When it was last changed.", ScimKind.Instant) { ReadOnly = true },
                new("location", "Its address.", ScimKind.Reference) { CaseExact = true, ReadOnly = true },
                new("version", "Its entity tag.") { CaseExact = true, ReadOnly = true },
            ],
        },
    ];

    public IEnumerable<ScimSchema> Schemas => [Core, .. Extensions];

    /// <summary>An attribute of the core schema or one that every resource has; null when there is none.</summary>
    public ScimAttribute? Attribute(string name) => Named(Shared, name) ?? Named(Core.Attributes, name);

    public static ScimAttribute? Named(IReadOnlyList<ScimAttribute> attributes, string name) =>
        attributes.FirstOrDefault(attribute => attribute.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
}
