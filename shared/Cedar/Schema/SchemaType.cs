namespace AccessGov.Cedar;

/// <summary>
/// A type that a schema gives an attribute, a tag or a context: resolved, so common types are replaced by what they stand for and
/// every name is complete. The hierarchy is closed, immutable and compared by structure.
/// </summary>
public abstract record SchemaType
{
    /// <summary>The deepest nesting of sets and records in one type: far beyond what a schema may have, so that comparing two cannot exhaust the stack.</summary>
    public const int DepthMax = 500;

    private protected SchemaType()
    {
    }

    /// <summary>How many sets and records lie around the innermost type; 0 for anything but sets and records.</summary>
    internal virtual int Depth => 0;

    /// <summary><c>Bool</c>.</summary>
    public static SchemaType Bool { get; } = new BoolSchemaType();

    /// <summary><c>Long</c>.</summary>
    public static SchemaType Long { get; } = new LongSchemaType();

    /// <summary><c>String</c>.</summary>
    public static SchemaType String { get; } = new StringSchemaType();

    private protected static int Around(int depth) =>
        depth < DepthMax ? depth + 1 : throw new ArgumentException($"A type nests sets and records deeper than {DepthMax}.", nameof(depth));
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
public sealed record SetSchemaType : SchemaType
{
    /// <summary>A set of elements of one type.</summary>
    /// <exception cref="ArgumentException">The type would nest deeper than <see cref="SchemaType.DepthMax"/>.</exception>
    public SetSchemaType(SchemaType element)
    {
        Element = element ?? throw new ArgumentNullException(nameof(element));
        Depth = Around(element.Depth);
    }

    /// <summary>The type of the elements.</summary>
    public SchemaType Element { get; }

    internal override int Depth { get; }
}

/// <summary>An entity of the type called <c>Name</c>, which the schema declares or which is the type of its actions.</summary>
public sealed record EntitySchemaType(string Name) : SchemaType;

/// <summary>An extension type: <c>Name</c> is <c>ipaddr</c>, <c>decimal</c>, <c>datetime</c> or <c>duration</c>.</summary>
public sealed record ExtensionSchemaType(string Name) : SchemaType;

/// <summary>A record with exactly these attributes, of which the optional ones may be absent.</summary>
public sealed record RecordSchemaType : SchemaType
{
    /// <summary>A record type of its attributes by name.</summary>
    /// <exception cref="ArgumentException">The type would nest deeper than <see cref="SchemaType.DepthMax"/>.</exception>
    public RecordSchemaType(IReadOnlyDictionary<string, SchemaAttribute> attributes)
    {
        Attributes = attributes;
        int depth = 0;
        foreach (SchemaAttribute attribute in attributes.Values)
        {
            depth = Math.Max(depth, attribute.Type.Depth);
        }

        Depth = Around(depth);
    }

    /// <summary>The record type without attributes.</summary>
    public static RecordSchemaType Empty { get; } = new(new Dictionary<string, SchemaAttribute>(StringComparer.Ordinal));

    /// <summary>The attributes by name.</summary>
    public IReadOnlyDictionary<string, SchemaAttribute> Attributes { get; }

    internal override int Depth { get; }

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
