using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace AccessGov.Testing;

/// <summary>
/// Makes access tokens (RFC 9068, ES256) as an issuer would. Thread-safe. Give <see cref="Jwks"/> to the service as <c>Authentication:Keys</c>.
/// </summary>
public sealed class TokenMint : IDisposable
{
    private readonly ECDsa key;
    private readonly SigningCredentials credentials;
    private readonly string issuer;
    private readonly string audience;
    private readonly TimeProvider clock;
    private readonly JsonWebTokenHandler handler = new() { SetDefaultTimesOnTokenCreation = false };

    private TokenMint(string issuer, string audience, TimeProvider clock)
    {
        (this.issuer, this.audience, this.clock) = (issuer, audience, clock);
        key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var named = new ECDsaSecurityKey(key);
        named.KeyId = Base64UrlEncoder.Encode(named.ComputeJwkThumbprint());
        credentials = new SigningCredentials(named, SecurityAlgorithms.EcdsaSha256);
        Jwks = PublicPart(key, named.KeyId);
    }

    /// <summary>The public key as a JWKS document.</summary>
    public string Jwks { get; }

    /// <summary>A mint with a fresh key.</summary>
    /// <param name="issuer">The <c>iss</c> of its tokens.</param>
    /// <param name="audience">Their <c>aud</c>.</param>
    /// <param name="clock">Says when a token is issued.</param>
    public static TokenMint WithNewKey(string issuer, string audience, TimeProvider clock) => new(issuer, audience, clock);

    /// <summary>Makes a token that is valid from now on.</summary>
    /// <param name="clientId">The client it is for.</param>
    /// <param name="scopes">What it may ask for.</param>
    /// <param name="lifetime">How long.</param>
    /// <param name="subject">For whom the client acts; the client itself when null.</param>
    /// <param name="acr">How the person signed in (<c>acr</c>); null when the token does not say.</param>
    /// <param name="authenticatedAt">When (<c>auth_time</c>); now when only <paramref name="acr"/> is given.</param>
    /// <param name="sessionId">The person's session (<c>sid</c>); none when null.</param>
    public string Mint(
        string clientId, IEnumerable<string> scopes, TimeSpan lifetime, string? subject = null, string? acr = null, DateTimeOffset? authenticatedAt = null,
        string? sessionId = null)
    {
        DateTime now = clock.GetUtcNow().UtcDateTime;
        var claims = new Dictionary<string, object>(StringComparer.Ordinal)
        {
            ["sub"] = subject ?? clientId,
            ["client_id"] = clientId,
            ["scope"] = string.Join(' ', scopes),
            ["jti"] = Guid.CreateVersion7(clock.GetUtcNow()).ToString("n"),
        };
        if (acr is not null)
        {
            claims["acr"] = acr;
            claims["auth_time"] = (authenticatedAt ?? clock.GetUtcNow()).ToUnixTimeSeconds();
        }

        if (sessionId is not null)
        {
            claims["sid"] = sessionId;
        }

        return handler.CreateToken(new SecurityTokenDescriptor
        {
            TokenType = "at+jwt",
            Issuer = issuer,
            Audience = audience,
            IssuedAt = now,
            Expires = now + lifetime,
            SigningCredentials = credentials,
            Claims = claims,
        });
    }

    /// <summary>Forgets the key.</summary>
    public void Dispose() => key.Dispose();

    private static string PublicPart(ECDsa key, string keyId)
    {
        ECPoint point = key.ExportParameters(includePrivateParameters: false).Q;
        return JsonSerializer.Serialize(new
        {
            keys = new[]
            {
                new { kty = "EC", crv = "P-256", use = "sig", alg = "ES256", kid = keyId, x = Base64UrlEncoder.Encode(point.X), y = Base64UrlEncoder.Encode(point.Y) },
            },
        });
    }
}
