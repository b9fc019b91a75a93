using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Tokens;

namespace AccessGov.IdentityFederation.Tokens;

/// <summary>
/// Makes signing keys and keeps their private parts encrypted (AES-256-GCM): whoever has the database, or a copy of it, has no key.
/// Thread-safe.
/// </summary>
internal sealed class KeyVault(IOptions<IdentityFederationOptions> options)
{
    private const int NonceBytes = 12;
    private const int TagBytes = 16;

    // Derived for this use, so that the file may hold 32 bytes or more, as text or not.
    private readonly byte[] key = HKDF.DeriveKey(
        HashAlgorithmName.SHA256, SecretKeyFile.Read(options.Value.KeyEncryptionKeyFile), 32, info: "accessgov signing keys"u8.ToArray());

    /// <summary>A new key.</summary>
    public KeyMaterial New()
    {
        using var fresh = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        ECPoint point = fresh.ExportParameters(includePrivateParameters: false).Q;
        string keyId = Base64UrlEncoder.Encode(new ECDsaSecurityKey(fresh).ComputeJwkThumbprint());
        byte[] plain = fresh.ExportPkcs8PrivateKey();
        byte[] box = new byte[NonceBytes + TagBytes + plain.Length];
        RandomNumberGenerator.Fill(box.AsSpan(0, NonceBytes));
        using var cipher = new AesGcm(key, TagBytes);

        // The name is authenticated with it: a private key cannot be put under another's name.
        cipher.Encrypt(
            box.AsSpan(0, NonceBytes), plain, box.AsSpan(NonceBytes + TagBytes), box.AsSpan(NonceBytes, TagBytes),
            Encoding.ASCII.GetBytes(keyId));
        CryptographicOperations.ZeroMemory(plain);
        return new KeyMaterial(keyId, Base64UrlEncoder.Encode(point.X), Base64UrlEncoder.Encode(point.Y), Convert.ToBase64String(box));
    }

    /// <summary>The private key.</summary>
    /// <exception cref="CryptographicException">It was encrypted under another key-encryption key, or changed.</exception>
    public ECDsa Open(KeyMaterial material)
    {
        byte[] box = Convert.FromBase64String(material.Sealed);
        byte[] plain = new byte[box.Length - NonceBytes - TagBytes];
        using var cipher = new AesGcm(key, TagBytes);
        cipher.Decrypt(
            box.AsSpan(0, NonceBytes), box.AsSpan(NonceBytes + TagBytes), box.AsSpan(NonceBytes, TagBytes), plain,
            Encoding.ASCII.GetBytes(material.KeyId));
        var opened = ECDsa.Create();
        opened.ImportPkcs8PrivateKey(plain, out _);
        CryptographicOperations.ZeroMemory(plain);
        return opened;
    }
}
