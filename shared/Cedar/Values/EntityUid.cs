using System.Diagnostics.CodeAnalysis;

namespace AccessGov.Cedar;

/// <summary>
/// The name of an entity, <c>Type::"id"</c>. Both parts are case-sensitive. The hash code is computed once: uids are dictionary
/// keys on the evaluation path.
/// </summary>
public sealed class EntityUid : Value, IEquatable<EntityUid>
{
    private const int SharedTypes = 1_024;
    private const int SharedLengthMax = 100;

    // Equal types are mostly one string, which makes comparing uids quick. Threads may overwrite each other's: any of the strings will do.
    private static readonly string?[] Shared = new string?[SharedTypes];

    private readonly int hash;

    /// <summary>
    /// A uid from its two parts. <paramref name="type"/> is a normalised path such as <c>Hospital::User</c>; it is not checked here
    /// (use <see cref="IsTypeName"/> at a boundary), a type that is no path simply never equals one written in a policy.
    /// </summary>
    public EntityUid(string type, string id)
    {
        ArgumentNullException.ThrowIfNull(type);
        Id = id ?? throw new ArgumentNullException(nameof(id));
        int typeHash = type.GetHashCode(StringComparison.Ordinal);
        hash = (typeHash * 397) ^ id.GetHashCode(StringComparison.Ordinal);
        Type = Share(type, typeHash);
    }

    /// <summary>The entity type: identifiers joined by <c>::</c>.</summary>
    public string Type { get; }

    /// <summary>The identifier: any string.</summary>
    public string Id { get; }

    internal override string TypeName => $"(entity of type `{Excerpt.Of(Type)}`)";

    /// <summary>Reads <c>Type::"id"</c> as a policy would; false when the text is anything else.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out EntityUid? uid)
    {
        uid = EntityUidText.Read(text);
        return uid is not null;
    }

    /// <summary>Reads <c>Type::"id"</c> as a policy would.</summary>
    /// <exception cref="FormatException">The text is not an entity uid.</exception>
    public static EntityUid Parse(string text) =>
        EntityUidText.Read(text) ?? throw new FormatException($"`{text}` is not an entity uid such as User::\"alice\".");

    /// <summary>Whether <paramref name="type"/> can be an entity type: identifiers joined by <c>::</c>, none of them reserved, no spaces.</summary>
    public static bool IsTypeName(string type) => Names.IsNormalizedPath(type);

    /// <inheritdoc />
    public bool Equals(EntityUid? other) =>
        ReferenceEquals(this, other)
        || (other is not null && hash == other.hash
            && string.Equals(Id, other.Id, StringComparison.Ordinal) && string.Equals(Type, other.Type, StringComparison.Ordinal));

    /// <inheritdoc />
    public override bool Equals(Value? other) => other is EntityUid that && Equals(that);

    /// <inheritdoc />
    public override bool Equals(object? obj) => obj is EntityUid that && Equals(that);

    /// <inheritdoc />
    public override int GetHashCode() => hash;

    /// <summary>Same type and same id.</summary>
    public static bool operator ==(EntityUid? left, EntityUid? right) => left is null ? right is null : left.Equals(right);

    /// <summary>Different type or different id.</summary>
    public static bool operator !=(EntityUid? left, EntityUid? right) => !(left == right);

    private static string Share(string type, int hash)
    {
        ref string? place = ref Shared[hash & (SharedTypes - 1)];
        string? shared = place;
        if (shared is not null && string.Equals(shared, type, StringComparison.Ordinal))
        {
            return shared;
        }

        if (type.Length <= SharedLengthMax)
        {
            place = type;
        }

        return type;
    }
}
