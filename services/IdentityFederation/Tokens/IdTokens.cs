using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using AccessGov.IdentityFederation.Clients;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace AccessGov.IdentityFederation.Tokens;

/// <summary>
/// Makes what clients are told of people: ID tokens (OpenID Connect Core, 2) and logout tokens (Back-Channel Logout, 2.4). Thread-safe.
/// </summary>
internal sealed class IdTokens(Issuance issuance, TimeProvider clock)
{
    private const int BytesMax = 8192;
    private static readonly TimeSpan LogoutsAreGoodFor = TimeSpan.FromMinutes(2);

    private readonly JsonWebTokenHandler handler = new()
    {
        SetDefaultTimesOnTokenCreation = false, MapInboundClaims = false, MaximumTokenSizeInBytes = BytesMax,
    };

    /// <summary>Of whom and of which session an ID token was.</summary>
    public sealed record Hint(string Client, string Person, string Session);

    public string Mint(KnownClient client, SignedIn signedIn, string? nonce, string accessToken, SigningCredentials signer)
    {
        byte[] hash = SHA256.HashData(Encoding.ASCII.GetBytes(accessToken));
        var claims = new Dictionary<string, object>(StringComparer.Ordinal)
        {
            ["at_hash"] = Base64Url.EncodeToString(hash.AsSpan(0, hash.Length / 2)),
        };
        signedIn.WriteTo(claims);
        if (nonce is not null)
        {
            claims["nonce"] = nonce;
        }

        return Signed("JWT", client.Id, TimeSpan.FromMinutes(client.State.Definition.TokenMinutes), claims, signer);
    }

    public string MintLogout(string client, string person, string session, SigningCredentials signer) => Signed(
        "logout+jwt", client, LogoutsAreGoodFor, new(StringComparer.Ordinal)
        {
            ["sub"] = person,
            ["sid"] = session,
            ["jti"] = Guid.CreateVersion7(clock.GetUtcNow()).ToString("n"),
            ["events"] = new Dictionary<string, object>(StringComparer.Ordinal)
            {
                ["http://schemas.openid.net/event/backchannel-logout"] = new Dictionary<string, object>(StringComparer.Ordinal),
            },
        }, signer);

    /// <summary>What an ID token says that was made here, also when its time is over; null for anything else.</summary>
    public async Task<Hint?> ReadAsync(string text)
    {
        TokenValidationResult result = await handler.ValidateTokenAsync(text, new TokenValidationParameters
        {
            ValidIssuer = issuance.Issuer,
            ValidateAudience = false,
            ValidateLifetime = false,
            ValidAlgorithms = SigningKeyRing.Algorithms,
            ValidTypes = ["JWT"],
            IssuerSigningKeys = issuance.PublicKeys,
        });
        return result is { IsValid: true, SecurityToken: JsonWebToken token } && token.Audiences.ToArray() is [var client]
            && token.TryGetPayloadValue("sid", out string? session) && token.Subject is { Length: > 0 } person
            ? new Hint(client, person, session!)
            : null;
    }

    private string Signed(string type, string audience, TimeSpan lifetime, Dictionary<string, object> claims, SigningCredentials signer)
    {
        DateTime now = clock.GetUtcNow().UtcDateTime;
        return handler.CreateToken(new SecurityTokenDescriptor
        {
            TokenType = type, Issuer = issuance.Issuer, Audience = audience, IssuedAt = now, Expires = now + lifetime,
            SigningCredentials = signer, Claims = claims,
        });
    }
}
