using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace AccessGov.IdentityFederation.Federation.OpenIdConnect;

/// <summary>The key with which the service shows an identity provider that it is its client (private_key_jwt: RFC 7523).</summary>
internal sealed class ClientKey : IDisposable
{
    private const int RsaBitsMin = 2048;
    private const string Certificate = "CERTIFICATE";
    private static readonly TimeSpan AssertionsLast = TimeSpan.FromMinutes(2);

    private readonly AsymmetricAlgorithm key;
    private readonly X509Certificate2? certificate;
    private readonly SigningCredentials signer;
    private readonly Dictionary<string, object> headers = new(StringComparer.Ordinal);

    private ClientKey(AsymmetricAlgorithm key, SecurityKey known, string algorithm, X509Certificate2? certificate, string? id)
    {
        (this.key, this.certificate) = (key, certificate);
        if (certificate is not null)
        {
            // Entra ID and AD FS know a key by its certificate. The older name of it, x5t, is written with the key itself.
            headers["x5t#S256"] = ThumbprintOf(certificate);
        }

        known.KeyId = id ?? (certificate is null ? Base64UrlEncoder.Encode(known.ComputeJwkThumbprint()) : ThumbprintOf(certificate));

        // The key is read anew for each assertion: nothing of it is to stay in a cache.
        signer = new SigningCredentials(known, algorithm)
        {
            CryptoProviderFactory = new CryptoProviderFactory { CacheSignatureProviders = false },
        };
    }

    /// <exception cref="CryptographicException">The file holds no key that is strong enough.</exception>
    public static ClientKey Read(OpenIdConnectSettings settings)
    {
        List<(string Label, string Pem)> parts = [.. PartsOf(File.ReadAllText(settings.ClientKeyFile!))];
        string keys = string.Concat(parts.Where(part => part.Label != Certificate).Select(part => part.Pem));
        string? known = parts.FirstOrDefault(part => part.Label == Certificate).Pem;
        if (TryRsa(keys) is not { } rsa)
        {
            ECDsa ecdsa = Ecdsa(keys);
            return known is null
                ? new ClientKey(ecdsa, new ECDsaSecurityKey(ecdsa), SecurityAlgorithms.EcdsaSha256, null, settings.ClientKeyId)
                : throw new CryptographicException("A key that is known by a certificate is an RSA key.");
        }

        if (known is null)
        {
            return new ClientKey(rsa, new RsaSecurityKey(rsa), SecurityAlgorithms.RsaSha256, null, settings.ClientKeyId);
        }

        using var alone = X509Certificate2.CreateFromPem(known);
        X509Certificate2 whole = alone.CopyWithPrivateKey(rsa);
        return new ClientKey(rsa, new X509SecurityKey(whole), SecurityAlgorithms.RsaSha256, whole, settings.ClientKeyId);
    }

    /// <summary>A token that shows who the client is, good once and for a moment.</summary>
    public string Assertion(string clientId, string audience, DateTimeOffset now) =>
        new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(new SecurityTokenDescriptor
        {
            Issuer = clientId,
            Audience = audience,
            IssuedAt = now.UtcDateTime,
            Expires = (now + AssertionsLast).UtcDateTime,
            SigningCredentials = signer,
            AdditionalHeaderClaims = headers,
            Claims = new Dictionary<string, object>(StringComparer.Ordinal)
            {
                ["sub"] = clientId, ["jti"] = Guid.CreateVersion7(now).ToString("n"),
            },
        });

    public void Dispose()
    {
        certificate?.Dispose();
        key.Dispose();
    }

    private static string ThumbprintOf(X509Certificate2 certificate) =>
        WebEncoders.Base64UrlEncode(certificate.GetCertHash(HashAlgorithmName.SHA256));

    private static RSA? TryRsa(string pem)
    {
        var rsa = RSA.Create();
        try
        {
            rsa.ImportFromPem(pem);
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            rsa.Dispose();
            return null;
        }

        return rsa.KeySize >= RsaBitsMin ? rsa : throw new CryptographicException($"An RSA key has {RsaBitsMin} bits or more.");
    }

    private static ECDsa Ecdsa(string pem)
    {
        var ecdsa = ECDsa.Create();
        ecdsa.ImportFromPem(pem);
        return ecdsa.KeySize == 256 ? ecdsa : throw new CryptographicException("A key on an elliptic curve is on P-256.");
    }

    private static IEnumerable<(string Label, string Pem)> PartsOf(string text)
    {
        while (PemEncoding.TryFind(text, out PemFields fields))
        {
            yield return (text[fields.Label], text[fields.Location] + "\n");
            text = text[fields.Location.End..];
        }
    }
}
