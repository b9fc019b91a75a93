namespace AccessGov.Cedar;

/// <summary>
/// A type that a schema gives an attribute, a tag or a context: resolved, so common types are replaced by what they stand for and
/// every name is complete. The hierarchy is closed, immutable and compared by structure.
/// </summary>
public abstract record SchemaType
{
    private protected SchemaType()
    {
    }

    /// <summary><c>Bool</c>.</summary>
    public static SchemaType Bool { get; } = new BoolSchemaType();

    /// <summary><c>Long</c>.</summary>
    public static SchemaType Long { get; } = new LongSchemaType();

    /// <summary><c>String</c>.</summary>
    public static SchemaType String { get; } = new StringSchemaType();
}

/// <summary><c>Bool</c>.</summary>
public sealed record BoolSchemaType : SchemaType
{
    internal BoolSchemaType()
    {
    }
}

/// <summary><c>Long</c>.</summary>
public sealed record LongSchemaType : SchemaType
{
    internal LongSchemaType()
    {
    }
}

/// <summary><c>String</c>.</summary>
public sealed record StringSchemaType : SchemaType
{
    internal StringSchemaType()
    {
    }
}

/// <summary><c>Set&lt;Element&gt;</c>.</summary>
public sealed record SetSchemaType(SchemaType Element) : SchemaType;

/// <summary>An entity of the type called <c>Name</c>, which the schema declares or which is the type of its actions.</summary>
public sealed record EntitySchemaType(string Name) : SchemaType;

/// <summary>An extension type: <c>Name</c> is <c>ipaddr</c>, <c>decimal</c>, <c>datetime</c> or <c>duration</c>.</summary>
public sealed record ExtensionSchemaType(string Name) : SchemaType;

/// <summary>A record with exactly these attributes, of which the optional ones may be absent.</summary>
public sealed record RecordSchemaType : SchemaType
{
    /// <summary>A record type of its attributes by name.</summary>
    public RecordSchemaType(IReadOnlyDictionary<string, SchemaAttribute> attributes) => Attributes = attributes;

    /// <summary>The record type without attributes.</summary>
    public static RecordSchemaType Empty { get; } = new(new Dictionary<string, SchemaAttribute>(StringComparer.Ordinal));

    /// <summary>The attributes by name.</summary>
    public IReadOnlyDictionary<string, SchemaAttribute> Attributes { get; }

    /// <inheritdoc />
    public bool Equals(RecordSchemaType? other) =>
        ReferenceEquals(this, other)
        || (other is not null && Attributes.Count == other.Attributes.Count
            && Attributes.All(mine => other.Attributes.TryGetValue(mine.Key, out SchemaAttribute? theirs) && mine.Value.Equals(theirs)));

    /// <inheritdoc />
    public override int GetHashCode() =>
        Attributes.Aggregate(Attributes.Count, (hash, attribute) => hash ^ attribute.Key.GetHashCode(StringComparison.Ordinal));
}

/// <summary>An attribute of a record or an entity: its type, and whether it must be there.</summary>
public sealed record SchemaAttribute(SchemaType Type, bool IsRequired);
