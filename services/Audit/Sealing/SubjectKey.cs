using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace AccessGov.Audit.Sealing;

/// <summary>Whom something sealed is about.</summary>
/// <param name="Kind">patient, person or source.</param>
/// <param name="Id">Their id.</param>
internal readonly record struct Subject(string Kind, string Id)
{
    public static Subject Patient(string id) => new("patient", id);

    public static Subject Person(string id) => new("person", id);

    /// <summary>What nobody can be named for is the sender's.</summary>
    public static Subject Source(string id) => new("source", id);
}

/// <summary>What has a key of its own: what is about a subject, belongs to a retention class and was taken in during one year.</summary>
internal readonly record struct KeyScope(Subject Subject, string Class, int Year);

/// <summary>
/// A key of a subject for what was taken in during one year, and the token that stands for the subject. Not safe for use by several
/// threads at once.
/// </summary>
internal sealed class SubjectKey(string token, string keyId, byte[] key) : IDisposable
{
    public const int NonceBytes = 12;
    public const int TagBytes = 16;
    private readonly AesGcm cipher = new(key, TagBytes);

    public string Token { get; } = token;

    public string KeyId { get; } = keyId;

    /// <summary>What else a sealed field is bound to: it cannot be moved to another leaf.</summary>
    public static byte[] Binding(string eventId, long sequence, string keyId) =>
        Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{eventId}\n{sequence}\n{keyId}"));

    /// <summary>Encrypts; answers the ciphertext with the tag behind it.</summary>
    public byte[] Seal(ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> plain, ReadOnlySpan<byte> binding)
    {
        byte[] whole = new byte[plain.Length + TagBytes];
        cipher.Encrypt(nonce, plain, whole.AsSpan(0, plain.Length), whole.AsSpan(plain.Length), binding);
        return whole;
    }

    /// <exception cref="CryptographicException">It was changed, moved, or sealed with another key.</exception>
    public byte[] Open(ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> whole, ReadOnlySpan<byte> binding)
    {
        if (whole.Length < TagBytes)
        {
            throw new CryptographicException("It is too short to be what was sealed.");
        }

        byte[] plain = new byte[whole.Length - TagBytes];
        cipher.Decrypt(nonce, whole[..^TagBytes], whole[^TagBytes..], plain, binding);
        return plain;
    }

    public void Dispose() => cipher.Dispose();
}
