using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Xml;
using AccessGov.EventSourcing;

namespace AccessGov.IdentityFederation.Federation.Saml;

/// <summary>
/// Decrypts an assertion (XML Encryption 1.1): AES-GCM under RSA-OAEP. AES-CBC only where it is configured, and only in a signed
/// response: whoever may change what is decrypted learns from the answers what is in it.
/// </summary>
internal static class SamlEncryption
{
    private const int NonceBytes = 12;
    private const int TagBytes = 16;

    /// <param name="encrypted">The EncryptedAssertion.</param>
    /// <param name="keys">Our keys: the present one, and the former one during a change.</param>
    /// <param name="cbc">Whether AES-CBC will do here.</param>
    /// <returns>The assertion in a document of its own, or why it cannot be had.</returns>
    public static (XmlElement? Assertion, Refusal? Refusal) Decrypt(XmlElement encrypted, IReadOnlyList<X509Certificate2> keys, bool cbc)
    {
        if (SamlXml.Child(encrypted, SamlNames.Encryption, "EncryptedData") is not { } data
            || WrappedKey(encrypted, data) is not { } wrapped)
        {
            return (null, SamlRefusals.Malformed);
        }

        string cipher = Algorithm(SamlXml.Child(data, SamlNames.Encryption, "EncryptionMethod"));
        (int bytes, bool authenticated) = cipher switch
        {
            SamlNames.Encryption11 + "aes128-gcm" => (16, true),
            SamlNames.Encryption11 + "aes192-gcm" => (24, true),
            SamlNames.Encryption11 + "aes256-gcm" => (32, true),
            SamlNames.Encryption + "aes128-cbc" when cbc => (16, false),
            SamlNames.Encryption + "aes192-cbc" when cbc => (24, false),
            SamlNames.Encryption + "aes256-cbc" when cbc => (32, false),
            _ => (0, false),
        };
        if (bytes == 0 || PaddingOf(SamlXml.Child(wrapped, SamlNames.Encryption, "EncryptionMethod")) is not { } padding)
        {
            return (null, SamlRefusals.EncryptionUnsupported);
        }

        // One answer for whatever goes wrong from here: it tells nothing about what was in it.
        byte[]? plain = Plain(Value(data), Value(wrapped), keys, padding, bytes, authenticated);
        return plain is not null && SamlXml.Parse(plain) is { DocumentElement: { } assertion } document
            && SamlXml.Is(assertion, SamlNames.Assertion, "Assertion") && !SamlStructure.IsWrapped(document)
            ? (assertion, null)
            : (null, SamlRefusals.NotDecryptable);
    }

    private static byte[]? Plain(
        byte[] data, byte[] wrapped, IReadOnlyList<X509Certificate2> keys, RSAEncryptionPadding padding, int bytes, bool authenticated)
    {
        foreach (X509Certificate2 own in keys)
        {
            try
            {
                using RSA rsa = own.GetRSAPrivateKey()!;
                byte[] key = rsa.Decrypt(wrapped, padding);
                if (key.Length == bytes)
                {
                    return authenticated ? OpenGcm(key, data) : OpenCbc(key, data);
                }
            }
            catch (CryptographicException)
            {
                // Not for this key, or changed: the next one.
            }
        }

        return null;
    }

    private static byte[] OpenGcm(byte[] key, byte[] data)
    {
        if (data.Length < NonceBytes + TagBytes)
        {
            throw new CryptographicException("Too short.");
        }

        byte[] plain = new byte[data.Length - NonceBytes - TagBytes];
        using var gcm = new AesGcm(key, TagBytes);
        gcm.Decrypt(data.AsSpan(0, NonceBytes), data.AsSpan(NonceBytes, plain.Length), data.AsSpan(NonceBytes + plain.Length), plain);
        return plain;
    }

    private static byte[] OpenCbc(byte[] key, byte[] data)
    {
        using var aes = Aes.Create();
        aes.Key = key;
        int block = aes.BlockSize / 8;
        return data.Length < 2 * block
            ? throw new CryptographicException("Too short.")
            : aes.DecryptCbc(data.AsSpan(block), data.AsSpan(0, block), PaddingMode.ISO10126);
    }

    // In the data's KeyInfo, or beside it (SAML Core 2.0, 6.1).
    private static XmlElement? WrappedKey(XmlElement encrypted, XmlElement data) =>
        (SamlXml.Child(data, SamlNames.Signature, "KeyInfo") is { } info ? SamlXml.Child(info, SamlNames.Encryption, "EncryptedKey") : null)
        ?? SamlXml.Child(encrypted, SamlNames.Encryption, "EncryptedKey");

    private static RSAEncryptionPadding? PaddingOf(XmlElement? method)
    {
        string algorithm = Algorithm(method);
        if (method is null || algorithm is not (SamlNames.Encryption + "rsa-oaep-mgf1p" or SamlNames.Encryption11 + "rsa-oaep"))
        {
            return null;
        }

        string digest = Algorithm(SamlXml.Child(method, SamlNames.Signature, "DigestMethod"));
        string mask = Algorithm(SamlXml.Child(method, SamlNames.Encryption11, "MGF"));
        return (digest, mask) switch
        {
            // SHA-1 is what the standard has unless it is said; nothing rests on its being free of collisions here.
            ("" or SamlNames.Signature + "sha1", "" or SamlNames.Encryption11 + "mgf1sha1") => RSAEncryptionPadding.OaepSHA1,
            (SamlNames.Encryption + "sha256", SamlNames.Encryption11 + "mgf1sha256") => RSAEncryptionPadding.OaepSHA256,
            (SamlNames.Encryption + "sha512", SamlNames.Encryption11 + "mgf1sha512") => RSAEncryptionPadding.OaepSHA512,
            _ => null,
        };
    }

    private static string Algorithm(XmlElement? element) => element is null ? "" : SamlXml.Attribute(element, "Algorithm") ?? "";

    private static byte[] Value(XmlElement element)
    {
        string? text = SamlXml.Child(element, SamlNames.Encryption, "CipherData") is { } data
            ? SamlXml.Text(SamlXml.Child(data, SamlNames.Encryption, "CipherValue"))
            : null;
        byte[] bytes = new byte[Encoding.UTF8.GetByteCount(text ?? "")];
        return Convert.TryFromBase64String(text ?? "", bytes, out int written) ? bytes[..written] : [];
    }
}
