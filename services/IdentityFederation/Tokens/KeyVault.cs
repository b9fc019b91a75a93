using System.Security.Cryptography;
using System.Text;
using AccessGov.IdentityFederation.Clients;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Tokens;

namespace AccessGov.IdentityFederation.Tokens;

/// <summary>
/// Makes signing keys and keeps their private parts, and other secrets, encrypted (AES-256-GCM): whoever has the database, or a copy of it,
/// has no key. Thread-safe.
/// </summary>
internal sealed class KeyVault(IOptions<IdentityFederationOptions> options)
{
    private const int NonceBytes = 12;
    private const int TagBytes = 16;
    private const int RsaBits = 2048;

    // Derived for this use, so that the file may hold 32 bytes or more, as text or not.
    private readonly byte[] key = HKDF.DeriveKey(
        HashAlgorithmName.SHA256, SecretKeyFile.Read(options.Value.KeyEncryptionKeyFile), 32, info: "accessgov signing keys"u8.ToArray());

    /// <summary>A new key for an algorithm: on the curve P-256 for ES256, of 2048 bits for RS256.</summary>
    public KeyMaterial New(string algorithm) => algorithm == ClientKey.Rs256 ? NewRsa() : NewEcdsa();

    /// <summary>Encrypts a secret. Its name is authenticated with it: it cannot be put under another's name.</summary>
    public string Seal(string name, ReadOnlySpan<byte> plain)
    {
        byte[] box = new byte[NonceBytes + TagBytes + plain.Length];
        RandomNumberGenerator.Fill(box.AsSpan(0, NonceBytes));
        using var cipher = new AesGcm(key, TagBytes);
        cipher.Encrypt(
            box.AsSpan(0, NonceBytes), plain, box.AsSpan(NonceBytes + TagBytes), box.AsSpan(NonceBytes, TagBytes),
            Encoding.UTF8.GetBytes(name));
        return Convert.ToBase64String(box);
    }

    /// <summary>Decrypts a secret of this name.</summary>
    /// <exception cref="CryptographicException">It was encrypted under another key-encryption key or name, or changed.</exception>
    public byte[] Unseal(string name, string sealedText)
    {
        byte[] box = Convert.FromBase64String(sealedText);
        if (box.Length < NonceBytes + TagBytes)
        {
            throw new CryptographicException("The box is too short.");
        }

        byte[] plain = new byte[box.Length - NonceBytes - TagBytes];
        using var cipher = new AesGcm(key, TagBytes);
        cipher.Decrypt(
            box.AsSpan(0, NonceBytes), box.AsSpan(NonceBytes + TagBytes), box.AsSpan(NonceBytes, TagBytes), plain,
            Encoding.UTF8.GetBytes(name));
        return plain;
    }

    /// <summary>The private key.</summary>
    /// <exception cref="CryptographicException">It was encrypted under another key-encryption key, or changed.</exception>
    public AsymmetricSecurityKey Open(KeyMaterial material)
    {
        byte[] plain = Unseal(material.KeyId, material.Sealed);
        try
        {
            if (material.Algorithm == ClientKey.Rs256)
            {
                var rsa = RSA.Create();
                rsa.ImportPkcs8PrivateKey(plain, out _);
                return new RsaSecurityKey(rsa) { KeyId = material.KeyId };
            }

            var ecdsa = ECDsa.Create();
            ecdsa.ImportPkcs8PrivateKey(plain, out _);
            return new ECDsaSecurityKey(ecdsa) { KeyId = material.KeyId };
        }
        finally
        {
            CryptographicOperations.ZeroMemory(plain);
        }
    }

    private KeyMaterial NewEcdsa()
    {
        using var fresh = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        ECPoint point = fresh.ExportParameters(includePrivateParameters: false).Q;
        string keyId = Base64UrlEncoder.Encode(new ECDsaSecurityKey(fresh).ComputeJwkThumbprint());
        return new KeyMaterial(keyId, Base64UrlEncoder.Encode(point.X), Base64UrlEncoder.Encode(point.Y), SealPrivate(keyId, fresh));
    }

    private KeyMaterial NewRsa()
    {
        using var fresh = RSA.Create(RsaBits);
        RSAParameters parts = fresh.ExportParameters(includePrivateParameters: false);
        string keyId = Base64UrlEncoder.Encode(new RsaSecurityKey(parts).ComputeJwkThumbprint());
        return new KeyMaterial(keyId, null, null, SealPrivate(keyId, fresh))
        {
            N = Base64UrlEncoder.Encode(parts.Modulus), E = Base64UrlEncoder.Encode(parts.Exponent),
        };
    }

    private string SealPrivate(string keyId, AsymmetricAlgorithm fresh)
    {
        byte[] plain = fresh.ExportPkcs8PrivateKey();
        string box = Seal(keyId, plain);
        CryptographicOperations.ZeroMemory(plain);
        return box;
    }
}
