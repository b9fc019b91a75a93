using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace AccessGov.TransparencyLog;

/// <summary>A private key that signs notes. Safe for use by several threads.</summary>
public sealed class NoteSigner
{
    private readonly byte[] secret;

    private NoteSigner(NoteKey key, byte[] secret)
    {
        Key = key;
        this.secret = secret;
    }

    /// <summary>The public key, for whoever is to trust what is signed.</summary>
    public NoteKey Key { get; }

    /// <summary>A signer of logs with Ed25519.</summary>
    /// <param name="name">The signer's name: not empty, without spaces and plus.</param>
    /// <param name="seed">The 32 bytes of the private key (RFC 8032, section 5.1.5).</param>
    /// <exception cref="FormatException">The name or the seed is none.</exception>
    public static NoteSigner OfEd25519(string name, ReadOnlySpan<byte> seed) => OfSeed(name, NoteKeyType.Ed25519, seed);

    /// <summary>A witness, which signs with Ed25519 and says when.</summary>
    /// <param name="name">The signer's name: not empty, without spaces and plus.</param>
    /// <param name="seed">The 32 bytes of the private key (RFC 8032, section 5.1.5): a key of its own, not one that signs logs.</param>
    /// <exception cref="FormatException">The name or the seed is none.</exception>
    public static NoteSigner OfWitness(string name, ReadOnlySpan<byte> seed) => OfSeed(name, NoteKeyType.Cosignature, seed);

    /// <summary>A signer of logs with ECDSA.</summary>
    /// <param name="name">The signer's name: not empty, without spaces and plus.</param>
    /// <param name="privateKey">A private key on P-256 as PKCS #8.</param>
    /// <exception cref="FormatException">The name or the key is none.</exception>
    public static NoteSigner OfEcdsa(string name, ReadOnlySpan<byte> privateKey)
    {
        using var ecdsa = ECDsa.Create();
        try
        {
            ecdsa.ImportPkcs8PrivateKey(privateKey, out _);
        }
        catch (CryptographicException problem)
        {
            throw new FormatException("A private key of ECDSA is a PKCS #8 of a key on P-256.", problem);
        }

        return new NoteSigner(new NoteKey(name, NoteKeyType.Ecdsa, ecdsa.ExportSubjectPublicKeyInfo()), privateKey.ToArray());
    }

    /// <summary>Signs a text.</summary>
    /// <param name="text">A note's text; it ends with a line feed.</param>
    /// <param name="now">The time, which only a witness's signature carries, in whole seconds.</param>
    /// <exception cref="ArgumentException">The text does not end with a line feed.</exception>
    public NoteSignature Sign(string text, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (!text.EndsWith('\n'))
        {
            throw new ArgumentException("The text of a note ends with a line feed.", nameof(text));
        }

        return new NoteSignature(Key.Name, Key.Id, Key.Type switch
        {
            NoteKeyType.Ed25519 => Ed25519.Sign(secret, Encoding.UTF8.GetBytes(text)),
            NoteKeyType.Ecdsa => SignEcdsa(text),
            _ => Cosign(text, now),
        });
    }

    private static NoteSigner OfSeed(string name, NoteKeyType type, ReadOnlySpan<byte> seed) =>
        seed.Length == Ed25519.SeedBytes
            ? new NoteSigner(new NoteKey(name, type, Ed25519.PublicKeyOf(seed)), seed.ToArray())
            : throw new FormatException($"A private key of Ed25519 has {Ed25519.SeedBytes} bytes.");

    private byte[] SignEcdsa(string text)
    {
        using var ecdsa = ECDsa.Create();
        ecdsa.ImportPkcs8PrivateKey(secret, out _);
        return ecdsa.SignData(Encoding.UTF8.GetBytes(text), HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
    }

    private byte[] Cosign(string text, DateTimeOffset now)
    {
        byte[] time = new byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64BigEndian(time, (ulong)now.ToUnixTimeSeconds());
        return [.. time, .. Ed25519.Sign(secret, Encoding.UTF8.GetBytes(NoteKey.CosignedText(text, now)))];
    }
}
