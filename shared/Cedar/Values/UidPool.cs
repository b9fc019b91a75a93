namespace AccessGov.Cedar;

/// <summary>
/// Makes equal uids of groups one object, mostly: policies and entities that are read apart name the same departments and roles, and comparing an object with itself
/// reads no memory. Bounded in number and in length, for nothing leaves it while the process lives; threads may overwrite each other's, any of the equal objects will do.
/// </summary>
internal sealed class UidPool
{
    /// <summary>What is longer is not kept: with 32,768 places, uids of a megabyte each would fill the memory.</summary>
    public const int LengthMax = 256;

    private const int Bits = 15;

    private readonly EntityUid?[] pool = new EntityUid?[1 << Bits];

    /// <summary>The pool of this process.</summary>
    public static UidPool Common { get; } = new();

    /// <summary>An object equal to <paramref name="uid"/>: the one that was given before, or <paramref name="uid"/> itself.</summary>
    public EntityUid Share(EntityUid uid)
    {
        if (uid.Type.Length + uid.Id.Length > LengthMax)
        {
            return uid;
        }

        // The upper bits of a multiplication depend on all bits of the hash code.
        ref EntityUid? place = ref pool[(uint)uid.GetHashCode() * 0x9E37_79B1u >> (32 - Bits)];
        if (place is { } shared && shared.Equals(uid))
        {
            return shared;
        }

        place = uid;
        return uid;
    }
}
