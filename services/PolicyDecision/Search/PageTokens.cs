using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace AccessGov.PolicyDecision.Search;

/// <summary>Where the next page of a search begins, and which search it was.</summary>
/// <param name="Search">The search's id.</param>
/// <param name="FactsPosition">The position of the facts that it was decided from.</param>
/// <param name="At">The instant that it was decided for.</param>
/// <param name="Limit">Results in a page.</param>
/// <param name="After">The id of the last result so far; empty before the first one.</param>
internal readonly record struct PageToken(Guid Search, long FactsPosition, DateTimeOffset At, int Limit, string After);

/// <summary>
/// Writes and reads tokens: Base64url of the place, a hash of who asked what, and an HMAC-SHA256 over both, so that a token which was changed, made up or
/// given with another key is none.
/// </summary>
/// <param name="key">The key, which all replicas have, or random and this process's own.</param>
internal sealed class PageTokens(byte[] key)
{
    private const int HashPlace = 16 + 8 + 8 + 4;
    private const int AfterPlace = HashPlace + SHA256.HashSizeInBytes;

    public static PageTokens From(string? keyFile) => new(keyFile is null ? RandomNumberGenerator.GetBytes(SecretKeyFile.BytesMin) : SecretKeyFile.Read(keyFile));

    public string Write(PageToken token, string client, ReadOnlySpan<byte> query)
    {
        int signed = AfterPlace + Encoding.UTF8.GetByteCount(token.After);
        byte[] whole = new byte[signed + HMACSHA256.HashSizeInBytes];
        token.Search.TryWriteBytes(whole, bigEndian: true, out _);
        BinaryPrimitives.WriteInt64BigEndian(whole.AsSpan(16), token.FactsPosition);
        BinaryPrimitives.WriteInt64BigEndian(whole.AsSpan(24), token.At.UtcTicks);
        BinaryPrimitives.WriteInt32BigEndian(whole.AsSpan(32), token.Limit);
        Hash(client, query, whole.AsSpan(HashPlace));
        Encoding.UTF8.GetBytes(token.After, whole.AsSpan(AfterPlace));
        HMACSHA256.HashData(key, whole.AsSpan(0, signed), whole.AsSpan(signed));
        return Base64Url.EncodeToString(whole);
    }

    /// <summary>Null when no such token was given. <paramref name="matches"/> says whether it was given to this client for this query.</summary>
    public PageToken? Read(string text, string client, ReadOnlySpan<byte> query, out bool matches)
    {
        matches = false;
        if (!Base64Url.IsValid(text, out int length) || length < AfterPlace + HMACSHA256.HashSizeInBytes)
        {
            return null;
        }

        ReadOnlySpan<byte> whole = Base64Url.DecodeFromChars(text);
        ReadOnlySpan<byte> signed = whole[..^HMACSHA256.HashSizeInBytes];
        if (!CryptographicOperations.FixedTimeEquals(HMACSHA256.HashData(key, signed), whole[signed.Length..]))
        {
            return null;
        }

        Span<byte> asked = stackalloc byte[SHA256.HashSizeInBytes];
        Hash(client, query, asked);
        matches = asked.SequenceEqual(whole[HashPlace..AfterPlace]);
        return new PageToken(
            new Guid(whole[..16], bigEndian: true), BinaryPrimitives.ReadInt64BigEndian(whole[16..]),
            new DateTimeOffset(BinaryPrimitives.ReadInt64BigEndian(whole[24..]), TimeSpan.Zero),
            BinaryPrimitives.ReadInt32BigEndian(whole[32..]), Encoding.UTF8.GetString(signed[AfterPlace..]));
    }

    // A token belongs to whom it was given: pages of one client's search are not another's to read.
    private static void Hash(string client, ReadOnlySpan<byte> query, Span<byte> hash)
    {
        using var both = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        both.AppendData(SHA256.HashData(query));
        both.AppendData(Encoding.UTF8.GetBytes(client));
        both.GetHashAndReset(hash);
    }
}
