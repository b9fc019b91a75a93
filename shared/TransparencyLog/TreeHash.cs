using System.Buffers.Binary;
using System.Security.Cryptography;

namespace AccessGov.TransparencyLog;

/// <summary>
/// A hash of the Merkle tree of RFC 6962, section 2.1 (SHA-256, 32 bytes). A value: compared by content, safe to share between threads.
/// </summary>
public readonly record struct TreeHash
{
    /// <summary>The length of a hash in bytes.</summary>
    public const int Length = 32;

    private const byte NodePrefix = 1;

    private readonly ulong a;
    private readonly ulong b;
    private readonly ulong c;
    private readonly ulong d;

    private TreeHash(ReadOnlySpan<byte> bytes)
    {
        a = BinaryPrimitives.ReadUInt64BigEndian(bytes);
        b = BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]);
        c = BinaryPrimitives.ReadUInt64BigEndian(bytes[16..]);
        d = BinaryPrimitives.ReadUInt64BigEndian(bytes[24..]);
    }

    private static ReadOnlySpan<byte> LeafPrefix => [0];

    /// <summary>The hash of the tree without leaves: SHA-256 of nothing.</summary>
    public static TreeHash OfEmptyTree { get; } = new(SHA256.HashData([]));

    /// <summary>Takes 32 bytes as a hash.</summary>
    /// <param name="bytes">Exactly <see cref="Length"/> bytes.</param>
    /// <exception cref="FormatException">There are more or fewer.</exception>
    public static TreeHash FromBytes(ReadOnlySpan<byte> bytes) =>
        bytes.Length == Length ? new TreeHash(bytes) : throw new FormatException($"A hash has {Length} bytes, not {bytes.Length}.");

    /// <summary>Reads a hash in base64 (RFC 4648, section 4), as checkpoints and proofs write it: 44 characters.</summary>
    /// <param name="text">The base64 text, without white space.</param>
    /// <exception cref="FormatException">It is no base64 of 32 bytes in its only spelling.</exception>
    public static TreeHash FromBase64(ReadOnlySpan<char> text)
    {
        Span<byte> bytes = stackalloc byte[Length + 1];
        return Convert.TryFromBase64Chars(text, bytes, out int written) && written == Length && new TreeHash(bytes) is var hash
            && text.SequenceEqual(hash.ToString())
            ? hash
            : throw new FormatException("A hash is 32 bytes in base64.");
    }

    /// <summary>The hash of a leaf: SHA-256 of a zero byte and the entry.</summary>
    /// <param name="entry">The entry's bytes.</param>
    public static TreeHash OfLeaf(ReadOnlySpan<byte> entry)
    {
        Span<byte> hash = stackalloc byte[Length];
        Sha256.Hash(LeafPrefix, entry, hash);
        return new TreeHash(hash);
    }

    /// <summary>The hash of an inner node: SHA-256 of a one byte and the hashes of its children.</summary>
    /// <param name="left">The left child's hash.</param>
    /// <param name="right">The right child's hash.</param>
    public static TreeHash OfNode(in TreeHash left, in TreeHash right)
    {
        Span<byte> prefixed = stackalloc byte[1 + Length + Length];
        prefixed[0] = NodePrefix;
        left.CopyTo(prefixed[1..]);
        right.CopyTo(prefixed[(1 + Length)..]);
        Span<byte> hash = stackalloc byte[Length];
        Sha256.Hash(prefixed, hash);
        return new TreeHash(hash);
    }

    /// <summary>The bytes of a tile with these hashes: one after the other.</summary>
    /// <param name="hashes">The hashes, in their order.</param>
    public static byte[] Concat(IReadOnlyList<TreeHash> hashes)
    {
        ArgumentNullException.ThrowIfNull(hashes);
        byte[] bytes = new byte[hashes.Count * Length];
        for (int i = 0; i < hashes.Count; i++)
        {
            hashes[i].CopyTo(bytes.AsSpan(i * Length));
        }

        return bytes;
    }

    /// <summary>Writes the 32 bytes.</summary>
    /// <param name="destination">At least <see cref="Length"/> bytes.</param>
    /// <exception cref="ArgumentOutOfRangeException">The destination is shorter.</exception>
    public void CopyTo(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt64BigEndian(destination, a);
        BinaryPrimitives.WriteUInt64BigEndian(destination[8..], b);
        BinaryPrimitives.WriteUInt64BigEndian(destination[16..], c);
        BinaryPrimitives.WriteUInt64BigEndian(destination[24..], d);
    }

    /// <summary>The hash in base64, as checkpoints and proofs write it.</summary>
    public override string ToString()
    {
        Span<byte> bytes = stackalloc byte[Length];
        CopyTo(bytes);
        return Convert.ToBase64String(bytes);
    }
}
