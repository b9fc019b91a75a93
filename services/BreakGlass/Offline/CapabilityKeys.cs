using System.Security.Cryptography;
using AccessGov.EmergencyCapabilities;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Tokens;

namespace AccessGov.BreakGlass.Offline;

/// <summary>The keys that sign capabilities, and their public parts for the edges. Thread-safe.</summary>
internal sealed class CapabilityKeys : IDisposable
{
    private readonly ECDsaSecurityKey[] keys;
    private readonly object published;

    /// <exception cref="CryptographicException">A file holds no key on the curve P-256.</exception>
    public CapabilityKeys(IOptions<OfflineOptions> options)
    {
        keys = [.. options.Value.KeyFiles.Select(file => Named(EcdsaKeyFile.Read(file)))];
        published = new { keys = keys.Select(Published).ToArray() };
    }

    /// <summary>The key that signs; null without keys.</summary>
    public ECDsaSecurityKey? Signing => keys.FirstOrDefault();

    public IReadOnlyList<SecurityKey> All => keys;

    public void Dispose() => Array.ForEach(keys, key => key.ECDsa.Dispose());

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapGet("/.well-known/emergency-capabilities/jwks.json", (CapabilityKeys keys, HttpContext http) =>
        {
            http.Response.Headers.CacheControl = "public, max-age=60";
            return Results.Ok(keys.published);
        })
        .AllowAnonymous();

    private static ECDsaSecurityKey Named(ECDsa key) =>
        new(key) { KeyId = Base64UrlEncoder.Encode(CapabilityTokens.PublicKeyOf(key).ComputeJwkThumbprint()) };

    private static object Published(ECDsaSecurityKey key)
    {
        JsonWebKey jwk = CapabilityTokens.PublicKeyOf(key.ECDsa);
        return new { kty = jwk.Kty, crv = jwk.Crv, x = jwk.X, y = jwk.Y, kid = key.KeyId, use = "sig", alg = SecurityAlgorithms.EcdsaSha256 };
    }
}
