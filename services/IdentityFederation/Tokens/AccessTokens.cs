using AccessGov.IdentityFederation.Clients;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace AccessGov.IdentityFederation.Tokens;

/// <summary>Makes access tokens (RFC 9068, ES256) and reads those that were made here. Thread-safe.</summary>
internal sealed class AccessTokens(Issuance issuance, TimeProvider clock)
{
    private const int BytesMax = 8192;

    private readonly JsonWebTokenHandler handler = new()
    {
        SetDefaultTimesOnTokenCreation = false, MapInboundClaims = false, MaximumTokenSizeInBytes = BytesMax,
    };

    /// <summary>A good token.</summary>
    public sealed record Read(
        string Id, string ClientId, string Subject, string Scope, IReadOnlyList<string> Audiences,
        DateTimeOffset IssuedAt, DateTimeOffset ExpiresAt);

    /// <summary>Makes a token for a client that acts for nobody but itself.</summary>
    public string Mint(KnownClient client, IEnumerable<string> scopes, string audience, SigningCredentials signer)
    {
        DateTimeOffset now = clock.GetUtcNow();
        return handler.CreateToken(new SecurityTokenDescriptor
        {
            TokenType = "at+jwt",
            Issuer = issuance.Issuer,
            Audience = audience,
            IssuedAt = now.UtcDateTime,
            Expires = now.UtcDateTime.AddMinutes(client.State.Definition.TokenMinutes),
            SigningCredentials = signer,
            Claims = new Dictionary<string, object>(StringComparer.Ordinal)
            {
                ["sub"] = client.Id,
                ["client_id"] = client.Id,
                ["scope"] = string.Join(' ', scopes),
                ["jti"] = Guid.CreateVersion7(now).ToString("n"),
            },
        });
    }

    /// <summary>What a token says that was made here and is good still, for whatever audience; null for any other.</summary>
    public async Task<Read?> ReadAsync(string text)
    {
        IReadOnlyList<SecurityKey> keys = issuance.PublicKeys;
        if (text.Length > BytesMax || keys.Count == 0)
        {
            return null;
        }

        TokenValidationResult result = await handler.ValidateTokenAsync(text, new TokenValidationParameters
        {
            ValidIssuer = issuance.Issuer,
            ValidateAudience = false,
            ValidAlgorithms = [SecurityAlgorithms.EcdsaSha256],
            ValidTypes = ["at+jwt"],
            IssuerSigningKeys = keys,
            // By the clock that was injected, below.
            ValidateLifetime = false,
        });
        if (!result.IsValid || result.SecurityToken is not JsonWebToken token)
        {
            return null;
        }

        var read = new Read(
            token.Id, token.GetPayloadValue<string>("client_id"), token.Subject, token.GetPayloadValue<string>("scope"),
            [.. token.Audiences], new DateTimeOffset(token.IssuedAt, TimeSpan.Zero), new DateTimeOffset(token.ValidTo, TimeSpan.Zero));
        return IsGood(read) ? read : null;
    }

    private bool IsGood(Read token) =>
        token.ExpiresAt > clock.GetUtcNow() && !issuance.IsRevoked(token.Id)
        && issuance.Clients.TryGetValue(token.ClientId, out KnownClient? client) && !client.State.Disabled
        && !(client.State.VoidUntil is { } until && token.IssuedAt <= until);
}
