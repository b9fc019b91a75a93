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
    private static readonly TimeSpan AssertionsLast = TimeSpan.FromMinutes(2);

    private readonly AsymmetricAlgorithm key;
    private readonly SigningCredentials signer;
    private readonly string? certificateSha256;
    private readonly string? certificateSha1;

    private ClientKey(AsymmetricAlgorithm key, SecurityKey known, string algorithm, X509Certificate2? certificate, string? id)
    {
        this.key = key;
        certificateSha256 = certificate is null ? null : WebEncoders.Base64UrlEncode(certificate.GetCertHash(HashAlgorithmName.SHA256));
        certificateSha1 = certificate is null ? null : WebEncoders.Base64UrlEncode(certificate.GetCertHash());
        known.KeyId = id ?? certificateSha256 ?? Base64UrlEncoder.Encode(known.ComputeJwkThumbprint());

        // The key is read anew for each assertion: nothing of it is to stay in a cache.
        signer = new SigningCredentials(known, algorithm) { CryptoProviderFactory = new CryptoProviderFactory { CacheSignatureProviders = false } };
    }

    /// <exception cref="CryptographicException">The file holds no key that is strong enough.</exception>
    public static ClientKey Read(OpenIdConnectSettings settings)
    {
        string pem = File.ReadAllText(settings.ClientKeyFile!);
        bool hasCertificate = pem.Contains("-----BEGIN CERTIFICATE-----", StringComparison.Ordinal);
        using X509Certificate2? certificate = hasCertificate ? X509Certificate2.CreateFromPem(pem) : null;
        string keys = string.Concat(PemsOf(pem).Where(part => !part.Contains("CERTIFICATE-----", StringComparison.Ordinal)));
        if (TryRsa(keys) is { } rsa)
        {
            return new ClientKey(rsa, new RsaSecurityKey(rsa), SecurityAlgorithms.RsaSha256, certificate, settings.ClientKeyId);
        }

        ECDsa ecdsa = Ecdsa(keys);
        return new ClientKey(ecdsa, new ECDsaSecurityKey(ecdsa), SecurityAlgorithms.EcdsaSha256, certificate, settings.ClientKeyId);
    }

    /// <summary>A token that shows who the client is, good once and for a moment.</summary>
    public string Assertion(string clientId, string audience, DateTimeOffset now)
    {
        var headers = new Dictionary<string, object>(StringComparer.Ordinal);
        if (certificateSha256 is not null)
        {
            // Entra ID and AD FS know a key by its certificate; which of the two they read depends on their age.
            headers["x5t#S256"] = certificateSha256;
            headers["x5t"] = certificateSha1!;
        }

        return new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(new SecurityTokenDescriptor
        {
            Issuer = clientId,
            Audience = audience,
            IssuedAt = now.UtcDateTime,
            Expires = (now + AssertionsLast).UtcDateTime,
            SigningCredentials = signer,
            AdditionalHeaderClaims = headers,
            Claims = new Dictionary<string, object>(StringComparer.Ordinal) { ["sub"] = clientId, ["jti"] = Guid.CreateVersion7(now).ToString("n") },
        });
    }

    public void Dispose() => key.Dispose();

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

    private static IEnumerable<string> PemsOf(string text)
    {
        ReadOnlyMemory<char> rest = text.AsMemory();
        while (PemEncoding.TryFind(rest.Span, out PemFields fields))
        {
            yield return rest[fields.Location].ToString() + "\n";
            rest = rest[fields.Location.End..];
        }
    }
}
