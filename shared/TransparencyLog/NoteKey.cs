using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace AccessGov.TransparencyLog;

/// <summary>The types of keys that sign notes, by their number in c2sp.org/signed-note.</summary>
public enum NoteKeyType
{
    /// <summary>Ed25519 over the text.</summary>
    Ed25519 = 0x01,

    /// <summary>ECDSA on P-256 with SHA-256, the signature in DER.</summary>
    Ecdsa = 0x02,

    /// <summary>A witness's Ed25519 over the text and the time (c2sp.org/tlog-cosignature).</summary>
    Cosignature = 0x04,
}

/// <summary>A public key that is trusted to sign notes. Safe for use by several threads.</summary>
public sealed class NoteKey
{
    private const int TimestampBytes = 8;
    private readonly byte[] publicKey;

    /// <summary>Makes a key of its parts.</summary>
    /// <param name="name">The signer's name: not empty, without spaces and plus; a URL without its scheme, by custom.</param>
    /// <param name="type">What it signs with.</param>
    /// <param name="publicKey">32 bytes for Ed25519 and cosignatures, a SubjectPublicKeyInfo of a key on P-256 for ECDSA.</param>
    /// <exception cref="FormatException">The name or the key is none.</exception>
    public NoteKey(string name, NoteKeyType type, ReadOnlySpan<byte> publicKey)
    {
        if (!IsName(name))
        {
            throw new FormatException("A key's name is not empty and has no spaces and no plus.");
        }

        this.publicKey = publicKey.ToArray();
        (Name, Type) = (name, type);
        switch (type)
        {
            case NoteKeyType.Ed25519 or NoteKeyType.Cosignature when publicKey.Length != Ed25519.PublicKeyBytes:
                throw new FormatException($"A public key of Ed25519 has {Ed25519.PublicKeyBytes} bytes.");
            case NoteKeyType.Ed25519 or NoteKeyType.Cosignature:
                break;
            case NoteKeyType.Ecdsa:
                using (OpenEcdsa())
                {
                    break;
                }

            default:
                throw new FormatException($"Keys of type {(int)type} are not known.");
        }

        Id = IdOf(name, type, publicKey);
    }

    /// <summary>The signer's name.</summary>
    public string Name { get; }

    /// <summary>What the signer signs with.</summary>
    public NoteKeyType Type { get; }

    /// <summary>Four bytes of a hash over name, type and key: it finds a key, and proves nothing.</summary>
    public uint Id { get; }

    /// <summary>Reads a verifier key: <c>name+hex of the key id+base64 of type and public key</c>.</summary>
    /// <param name="verifierKey">The text.</param>
    /// <exception cref="FormatException">It is none, its type is not known, or its id is not that of the key.</exception>
    public static NoteKey Parse(string verifierKey)
    {
        ArgumentNullException.ThrowIfNull(verifierKey);
        string[] parts = verifierKey.Split('+', 3);
        Span<byte> bytes = new byte[verifierKey.Length];
        if (parts is not [{ } name, { Length: 8 } hex, { } text]
            || !uint.TryParse(hex, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out uint id)
            || !Convert.TryFromBase64String(text, bytes, out int written) || written < 2)
        {
            throw new FormatException("A verifier key is name+hex of the key id+base64 of type and public key.");
        }

        var key = new NoteKey(name, (NoteKeyType)bytes[0], bytes[1..written]);
        return key.Id == id ? key : throw new FormatException($"The id of this key is {key.Id:x8}, not {hex}.");
    }

    /// <summary>The key as a verifier key, for whoever is to trust it.</summary>
    public override string ToString() => $"{Name}+{Id:x8}+{Convert.ToBase64String([(byte)Type, .. publicKey])}";

    /// <summary>Whether a signature of this key is one over this text.</summary>
    /// <param name="text">A note's text.</param>
    /// <param name="signature">The signature, without the key's id.</param>
    public bool Verifies(string text, ReadOnlySpan<byte> signature)
    {
        switch (Type)
        {
            case NoteKeyType.Ed25519:
                return Ed25519.Verify(publicKey, Encoding.UTF8.GetBytes(text), signature);
            case NoteKeyType.Ecdsa:
                using (ECDsa ecdsa = OpenEcdsa())
                {
                    return ecdsa.VerifyData(Encoding.UTF8.GetBytes(text), signature, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
                }

            default:
                return signature.Length == TimestampBytes + Ed25519.SignatureBytes && TimeOf(signature) is { } time
                    && Ed25519.Verify(publicKey, Encoding.UTF8.GetBytes(CosignedText(text, time)), signature[TimestampBytes..]);
        }
    }

    /// <summary>When a witness says to have signed.</summary>
    /// <param name="cosignature">A signature of a key of type <see cref="NoteKeyType.Cosignature"/>.</param>
    /// <returns>The time in whole seconds; null when there is none that can be told.</returns>
    public static DateTimeOffset? TimeOf(ReadOnlySpan<byte> cosignature) =>
        cosignature.Length >= TimestampBytes && BinaryPrimitives.ReadUInt64BigEndian(cosignature) is var seconds
            && seconds <= (ulong)DateTimeOffset.MaxValue.ToUnixTimeSeconds()
            ? DateTimeOffset.FromUnixTimeSeconds((long)seconds)
            : null;

    /// <summary>What a witness signs: the time and the text.</summary>
    internal static string CosignedText(string text, DateTimeOffset time) =>
        string.Create(CultureInfo.InvariantCulture, $"cosignature/v1\ntime {time.ToUnixTimeSeconds()}\n{text}");

    internal static bool IsName(string? name) =>
        !string.IsNullOrEmpty(name) && !name.Any(character => character == '+' || char.IsWhiteSpace(character) || char.IsControl(character));

    /// <summary>Keys of ECDSA are known by their own hash alone, all others by name, type and key.</summary>
    internal static uint IdOf(string name, NoteKeyType type, ReadOnlySpan<byte> publicKey) =>
        BinaryPrimitives.ReadUInt32BigEndian(SHA256.HashData(type == NoteKeyType.Ecdsa
            ? publicKey.ToArray()
            : [.. Encoding.UTF8.GetBytes(name), (byte)'\n', (byte)type, .. publicKey]));

    private ECDsa OpenEcdsa()
    {
        var ecdsa = ECDsa.Create();
        try
        {
            ecdsa.ImportSubjectPublicKeyInfo(publicKey, out int read);
            return read == publicKey.Length && ecdsa.ExportParameters(false).Curve.Oid.Value == ECCurve.NamedCurves.nistP256.Oid.Value
                ? ecdsa
                : throw new CryptographicException();
        }
        catch (CryptographicException problem)
        {
            ecdsa.Dispose();
            throw new FormatException("A public key of ECDSA is a SubjectPublicKeyInfo of a key on P-256.", problem);
        }
    }
}
