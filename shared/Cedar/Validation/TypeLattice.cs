using System.Runtime.CompilerServices;

namespace AccessGov.Cedar;

/// <summary>
/// The type of a Boolean expression whose value the validator knows. It occurs inside set and record types too and never leaves the
/// validator.
/// </summary>
internal sealed record KnownBool : SchemaType
{
    public static readonly KnownBool True = new(true);
    public static readonly KnownBool False = new(false);

    private KnownBool(bool value) => Value = value;

    public bool Value { get; }

    public static KnownBool Of(bool value) => value ? True : False;
}

/// <summary>
/// Which types are one type by the strict rules: equal but for what is known of Booleans. A schema's types share their parts, so pairs of
/// records are remembered: without that two deep types would be compared part by part, as many times as the parts are shared.
/// </summary>
internal sealed class TypeLattice
{
    private const int RememberedMax = 10_000;

    private readonly Dictionary<(RecordSchemaType Left, RecordSchemaType Right), RecordSchemaType?> records = new(ByReference.Instance);

    /// <summary>The smallest type that holds the values of both, or null when strict Cedar has none.</summary>
    public SchemaType? Join(SchemaType left, SchemaType right)
    {
        if (ReferenceEquals(left, right))
        {
            return left;
        }

        return (left, right) switch
        {
            (KnownBool mine, KnownBool theirs) when mine.Value == theirs.Value => left,
            (BoolSchemaType or KnownBool, BoolSchemaType or KnownBool) => SchemaType.Bool,
            (LongSchemaType, LongSchemaType) or (StringSchemaType, StringSchemaType) => left,
            (EntitySchemaType mine, EntitySchemaType theirs) => string.Equals(mine.Name, theirs.Name, StringComparison.Ordinal) ? left : null,
            (ExtensionSchemaType mine, ExtensionSchemaType theirs) => string.Equals(mine.Name, theirs.Name, StringComparison.Ordinal) ? left : null,
            (SetSchemaType mine, SetSchemaType theirs) => JoinSets(mine, theirs),
            (RecordSchemaType mine, RecordSchemaType theirs) => JoinRecords(mine, theirs),
            _ => null,
        };
    }

    /// <summary>Why the two have no common type, for the person who has to make one of them the other.</summary>
    public string WhyApart(SchemaType left, SchemaType right) => (left, right) switch
    {
        (SetSchemaType a, SetSchemaType b) => WhyApart(a.Element, b.Element),
        (EntitySchemaType, EntitySchemaType) => "Entities of different types are never equal; test the type with `is` first.",
        (RecordSchemaType a, RecordSchemaType b) when !a.Attributes.Keys.ToHashSet(StringComparer.Ordinal).SetEquals(b.Attributes.Keys) =>
            "Records go together when they have the same attributes.",
        (RecordSchemaType, RecordSchemaType) => "The attributes of the records must have the same types and be optional in both or in neither.",
        _ => $"Make both {TypeText.Of(left)} or both {TypeText.Of(right)}.",
    };

    private SetSchemaType? JoinSets(SetSchemaType left, SetSchemaType right) => Join(left.Element, right.Element) switch
    {
        null => null,
        { } element when ReferenceEquals(element, left.Element) => left,
        { } element => new SetSchemaType(element),
    };

    private RecordSchemaType? JoinRecords(RecordSchemaType left, RecordSchemaType right)
    {
        if (records.TryGetValue((left, right), out RecordSchemaType? known))
        {
            return known;
        }

        RecordSchemaType? joined = JoinAttributes(left, right);
        if (records.Count >= RememberedMax)
        {
            records.Clear();
        }

        records[(left, right)] = joined;
        return joined;
    }

    private RecordSchemaType? JoinAttributes(RecordSchemaType left, RecordSchemaType right)
    {
        if (left.Attributes.Count != right.Attributes.Count)
        {
            return null;
        }

        var attributes = new Dictionary<string, SchemaAttribute>(left.Attributes.Count, StringComparer.Ordinal);
        bool isLeft = true;
        foreach ((string name, SchemaAttribute mine) in left.Attributes)
        {
            if (!right.Attributes.TryGetValue(name, out SchemaAttribute? theirs)
                || mine.IsRequired != theirs.IsRequired
                || Join(mine.Type, theirs.Type) is not { } type)
            {
                return null;
            }

            isLeft &= ReferenceEquals(type, mine.Type);
            attributes.Add(name, new SchemaAttribute(type, mine.IsRequired));
        }

        return isLeft ? left : new RecordSchemaType(attributes);
    }

    private sealed class ByReference : IEqualityComparer<(RecordSchemaType Left, RecordSchemaType Right)>
    {
        public static readonly ByReference Instance = new();

        public bool Equals((RecordSchemaType Left, RecordSchemaType Right) x, (RecordSchemaType Left, RecordSchemaType Right) y) =>
            ReferenceEquals(x.Left, y.Left) && ReferenceEquals(x.Right, y.Right);

        public int GetHashCode((RecordSchemaType Left, RecordSchemaType Right) pair) =>
            HashCode.Combine(RuntimeHelpers.GetHashCode(pair.Left), RuntimeHelpers.GetHashCode(pair.Right));
    }
}
