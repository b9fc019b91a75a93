using System.Buffers.Binary;
using System.Security.Cryptography;

namespace AccessGov.TrailFeed;

/// <summary>How many events a store holds through a position, and a hash over all of them.</summary>
/// <param name="Through">The position.</param>
/// <param name="Count">How many events there are.</param>
/// <param name="Hash">32 bytes.</param>
internal sealed record StoreDigest(long Through, long Count, ReadOnlyMemory<byte> Hash)
{
    private const int EventBytes = SHA256.HashSizeInBytes + sizeof(long) + 16 + SHA256.HashSizeInBytes;

    /// <summary>Of a store without events.</summary>
    public static StoreDigest Empty { get; } = new(0, 0, new byte[SHA256.HashSizeInBytes]);

    /// <summary>In lower-case hexadecimal digits.</summary>
    public string Text => Convert.ToHexStringLower(Hash.Span);

    /// <summary>With one more event.</summary>
    public StoreDigest With(long position, Guid id, ReadOnlySpan<byte> payloadHash)
    {
        Span<byte> all = stackalloc byte[EventBytes];
        Hash.Span.CopyTo(all);
        BinaryPrimitives.WriteInt64BigEndian(all[32..], position);
        id.TryWriteBytes(all[40..], bigEndian: true, out _);
        payloadHash.CopyTo(all[56..]);
        return new StoreDigest(position, Count + 1, SHA256.HashData(all));
    }
}
