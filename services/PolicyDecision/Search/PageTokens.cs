using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;

namespace AccessGov.PolicyDecision.Search;

/// <summary>Where the next page of a search begins, and which search it was.</summary>
/// <param name="Search">The search's id.</param>
/// <param name="FactsPosition">The position of the facts that it was decided from.</param>
/// <param name="At">The instant that it was decided for.</param>
/// <param name="Limit">Results in a page.</param>
/// <param name="Next">The place of the next result among all of them.</param>
internal readonly record struct PageToken(Guid Search, long FactsPosition, DateTimeOffset At, int Limit, int Next);

/// <summary>
/// Writes and reads tokens: Base64url of the place, a hash of who asked what, and an HMAC-SHA256 over both, so that a token which was changed, made up or
/// given by another process is none.
/// </summary>
/// <param name="key">The key: random, and this process's own, like the searches that its tokens lead to.</param>
internal sealed class PageTokens(byte[] key)
{
    private const int PlaceBytes = 16 + 8 + 8 + 4 + 4;
    private const int SignedBytes = PlaceBytes + SHA256.HashSizeInBytes;
    private const int WholeBytes = SignedBytes + HMACSHA256.HashSizeInBytes;

    public static PageTokens WithNewKey() => new(RandomNumberGenerator.GetBytes(32));

    public string Write(PageToken token, string client, ReadOnlySpan<byte> query)
    {
        byte[] whole = new byte[WholeBytes];
        token.Search.TryWriteBytes(whole, bigEndian: true, out _);
        BinaryPrimitives.WriteInt64BigEndian(whole.AsSpan(16), token.FactsPosition);
        BinaryPrimitives.WriteInt64BigEndian(whole.AsSpan(24), token.At.UtcTicks);
        BinaryPrimitives.WriteInt32BigEndian(whole.AsSpan(32), token.Limit);
        BinaryPrimitives.WriteInt32BigEndian(whole.AsSpan(36), token.Next);
        Hash(client, query, whole.AsSpan(PlaceBytes));
        HMACSHA256.HashData(key, whole.AsSpan(0, SignedBytes), whole.AsSpan(SignedBytes));
        return Base64Url.EncodeToString(whole);
    }

    /// <summary>Null when this process gave no such token. <paramref name="matches"/> says whether it was given to this client for this query.</summary>
    public PageToken? Read(string text, string client, ReadOnlySpan<byte> query, out bool matches)
    {
        matches = false;
        Span<byte> whole = stackalloc byte[WholeBytes];
        Span<byte> expected = stackalloc byte[HMACSHA256.HashSizeInBytes];
        if (text.Length != Base64Url.GetEncodedLength(WholeBytes) || !Base64Url.TryDecodeFromChars(text, whole, out int written) || written != WholeBytes)
        {
            return null;
        }

        HMACSHA256.HashData(key, whole[..SignedBytes], expected);
        if (!CryptographicOperations.FixedTimeEquals(expected, whole[SignedBytes..]))
        {
            return null;
        }

        Span<byte> asked = stackalloc byte[SHA256.HashSizeInBytes];
        Hash(client, query, asked);
        matches = asked.SequenceEqual(whole[PlaceBytes..SignedBytes]);
        return new PageToken(
            new Guid(whole[..16], bigEndian: true), BinaryPrimitives.ReadInt64BigEndian(whole[16..]),
            new DateTimeOffset(BinaryPrimitives.ReadInt64BigEndian(whole[24..]), TimeSpan.Zero),
            BinaryPrimitives.ReadInt32BigEndian(whole[32..]), BinaryPrimitives.ReadInt32BigEndian(whole[36..]));
    }

    // A token belongs to whom it was given: pages of one client's search are not another's to read.
    private static void Hash(string client, ReadOnlySpan<byte> query, Span<byte> hash)
    {
        using var both = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        both.AppendData(SHA256.HashData(query));
        both.AppendData(System.Text.Encoding.UTF8.GetBytes(client));
        both.GetHashAndReset(hash);
    }
}
