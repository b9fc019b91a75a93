namespace AccessGov.Cedar;

/// <summary>Whose value it is, seen from the request: what the caller sends (the context) or what the data says of an entity.</summary>
public enum PlaceRoot
{
    /// <summary>The principal of the request.</summary>
    Principal,

    /// <summary>The action of the request.</summary>
    Action,

    /// <summary>The resource of the request.</summary>
    Resource,

    /// <summary>The context of the request: the only root that the caller of the request fills.</summary>
    Context,

    /// <summary>Any other entity.</summary>
    Entity,
}

/// <summary>Which part of its root a value is.</summary>
public enum PlaceKind
{
    /// <summary>The uid itself, which no change of data can alter.</summary>
    Identity,

    /// <summary>An attribute of an entity, a member of the context, or a member of a record in one.</summary>
    Attribute,

    /// <summary>A tag of an entity, or a member of a record in one.</summary>
    Tag,

    /// <summary>The groups an entity is in.</summary>
    Membership,
}

/// <summary>Where a value lives. Immutable; two places are equal when they name the same datum, whatever they are seen as.</summary>
public sealed class ValuePlace : IEquatable<ValuePlace>
{
    private readonly string[] path;
    private readonly string key;

    private ValuePlace(PlaceRoot root, PlaceKind kind, EntityUid? entity, string[] path)
    {
        Root = root;
        Kind = kind;
        Entity = entity;
        this.path = path;
        key = $"{kind} {entity} {string.Join('.', path.Select(ValueText.Quote))}";
    }

    /// <summary>Whose value it is.</summary>
    public PlaceRoot Root { get; }

    /// <summary>Which part of it.</summary>
    public PlaceKind Kind { get; }

    /// <summary>The entity that holds the value; null for the context.</summary>
    public EntityUid? Entity { get; }

    /// <summary>The attribute and the members inside it, or the tag and the members inside it; empty for an identity and a membership.</summary>
    public IReadOnlyList<string> Path => path;

    /// <summary>Whether a change of this place is one that data or caller could make: identities and actions are what they are.</summary>
    public bool IsChangeable => Root != PlaceRoot.Action && (Kind == PlaceKind.Membership || path.Length > 0);

    internal static ValuePlace Context { get; } = new(PlaceRoot.Context, PlaceKind.Attribute, null, []);

    internal static ValuePlace Identity(PlaceRoot root, EntityUid uid) => new(root, PlaceKind.Identity, uid, []);

    internal static ValuePlace Attribute(PlaceRoot root, EntityUid uid, string name) => new(root, PlaceKind.Attribute, uid, [name]);

    internal static ValuePlace Tag(PlaceRoot root, EntityUid uid, string name) => new(root, PlaceKind.Tag, uid, [name]);

    internal static ValuePlace Membership(PlaceRoot root, EntityUid uid) => new(root, PlaceKind.Membership, uid, []);

    internal ValuePlace Member(string name) => new(Root, Kind, Entity, [.. path, name]);

    /// <summary>The place of the record around this one; for the first <paramref name="count"/> names of the path.</summary>
    internal ValuePlace Around(int count) => new(Root, Kind, Entity, path[..count]);

    internal bool IsAround(ValuePlace other) =>
        Kind == other.Kind && Entity == other.Entity && path.Length < other.path.Length && other.path.AsSpan(0, path.Length).SequenceEqual(path);

    /// <inheritdoc />
    public bool Equals(ValuePlace? other) => other is not null && string.Equals(key, other.key, StringComparison.Ordinal);

    /// <inheritdoc />
    public override bool Equals(object? obj) => obj is ValuePlace other && Equals(other);

    /// <inheritdoc />
    public override int GetHashCode() => key.GetHashCode(StringComparison.Ordinal);

    /// <summary>The place as a policy would read it: <c>context.now</c>, <c>principal.level</c>, <c>User::"bob".getTag("k")</c>.</summary>
    public override string ToString()
    {
        string text = Root switch
        {
            PlaceRoot.Principal => "principal",
            PlaceRoot.Action => "action",
            PlaceRoot.Resource => "resource",
            PlaceRoot.Context => "context",
            _ => Entity!.ToString(),
        };
        int from = 0;
        if (Kind == PlaceKind.Tag)
        {
            text += $".getTag({ValueText.Quote(path[0])})";
            from = 1;
        }

        return Kind == PlaceKind.Membership ? $"groups of {text}" : path.Skip(from).Aggregate(text, (before, name) => before + ExpressionText.Access(name));
    }
}
