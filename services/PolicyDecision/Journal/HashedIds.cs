using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace AccessGov.PolicyDecision.Journal;

/// <summary>Replaces ids of subjects and patients by keyed hashes, where the hospital wants none in the journal. The same id gives the same hash.</summary>
internal sealed class HashedIds
{
    private readonly byte[]? key;

    private HashedIds(byte[]? key) => this.key = key;

    public static HashedIds None { get; } = new(null);

    public bool Enabled => key is not null;

    /// <exception cref="InvalidDataException">The key is shorter than 32 bytes.</exception>
    public static HashedIds From(string? keyFile) => keyFile is null ? None : new HashedIds(SecretKeyFile.Read(keyFile));

    /// <summary>The id as it stands in records; an id that is absent stays absent.</summary>
    public string? Of(string? id)
    {
        if (key is null || id is null)
        {
            return id;
        }

        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(id), hash);
        return "hmac:" + Base64Url.EncodeToString(hash);
    }
}
