using System.Collections.Immutable;

namespace AccessGov.Cedar;

/// <summary>
/// Knowing that an attribute or a tag is there. <c>Target</c> is the number of the expression it is on, <c>Tag</c> the number of the
/// expression that names the tag, by <see cref="ExpressionShapes"/>; an attribute has a name instead.
/// </summary>
internal readonly record struct Capability(int Target, string? Attribute, int Tag)
{
    public static Capability OfAttribute(int target, string name) => new(target, name, -1);

    public static Capability OfTag(int target, int tag) => new(target, null, tag);
}

/// <summary>A set of capabilities, immutable. Joining costs what the smaller set costs, so a long chain of guards does not go quadratic.</summary>
internal sealed class Capabilities
{
    public static readonly Capabilities None = new([]);

    private readonly ImmutableHashSet<Capability> members;

    private Capabilities(ImmutableHashSet<Capability> members) => this.members = members;

    public static Capabilities Of(Capability capability) => new([capability]);

    public bool Contains(Capability capability) => members.Contains(capability);

    public Capabilities And(Capabilities other) =>
        members.Count < other.members.Count ? other.And(this)
        : other.members.Count == 0 || ReferenceEquals(this, other) ? this
        : new Capabilities(members.Union(other.members));

    public Capabilities Or(Capabilities other) =>
        members.Count < other.members.Count ? other.Or(this)
        : other.members.Count == 0 ? None
        : new Capabilities([.. other.members.Where(members.Contains)]);
}

/// <summary>
/// What is known of an expression: its type, null when it has none that could be told; whether it may be trusted to have no error; and
/// which attributes and tags are there when it is true. After an error the type is what the expression would have without it.
/// </summary>
internal readonly record struct Typed(SchemaType? Type, bool IsSound, Capabilities Capabilities)
{
    public bool IsTrue => Type is KnownBool { Value: true };

    public bool IsFalse => Type is KnownBool { Value: false };

    public static Typed Sound(SchemaType type) => new(type, IsSound: true, Capabilities.None);

    public static Typed Sound(SchemaType type, Capabilities capabilities) => new(type, IsSound: true, capabilities);

    public static Typed Unsound(SchemaType? type) => new(type, IsSound: false, Capabilities.None);

    /// <summary>This, as the result of operands of which one may have an error.</summary>
    public Typed If(bool operandsAreSound) => operandsAreSound ? this : Unsound(Type);
}
