using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;

namespace AccessGov.IdentityFederation.Federation.OpenIdConnect;

/// <summary>
/// Reads what identity providers sign: who it is from, for whom, and when. Keys come from the provider's own list only. Thread-safe.
/// </summary>
internal sealed class ProviderTokens(ProviderMetadata metadata, TimeProvider clock)
{
    /// <summary>How far a provider's clock may differ from ours.</summary>
    public static readonly TimeSpan ClockDifferenceMax = TimeSpan.FromMinutes(2);

    private const int BytesMax = 128 * 1024;

    // Signatures that only the owner of a private key can make: what a client secret, or nobody, signs is no proof.
    private static readonly string[] Algorithms =
    [
        SecurityAlgorithms.RsaSha256, SecurityAlgorithms.RsaSha384, SecurityAlgorithms.RsaSha512, SecurityAlgorithms.RsaSsaPssSha256,
        SecurityAlgorithms.RsaSsaPssSha384, SecurityAlgorithms.RsaSsaPssSha512, SecurityAlgorithms.EcdsaSha256,
        SecurityAlgorithms.EcdsaSha384,
        SecurityAlgorithms.EcdsaSha512,
    ];

    private readonly JsonWebTokenHandler handler = new() { MapInboundClaims = false, MaximumTokenSizeInBytes = BytesMax };

    /// <summary>The token, or what is wrong with it.</summary>
    public sealed record Read(JsonWebToken? Token, string? Fault)
    {
        public static Read Wrong(string fault) => new(null, fault);
    }

    /// <summary>Reads an ID token (OpenID Connect Core, 3.1.3.7).</summary>
    /// <exception cref="ProviderUnavailableException">Its keys cannot be read.</exception>
    public async Task<Read> ReadIdTokenAsync(string provider, OpenIdConnectSettings settings, string text, string nonce,
        CancellationToken cancellation)
    {
        Read read = await ReadAsync(provider, settings, text, cancellation);
        if (read.Token is not { } token)
        {
            return read;
        }

        string? party = token.TryGetPayloadValue("azp", out string? azp) ? azp : null;
        return (party is null && token.Audiences.Count() > 1) || (party is not null && party != settings.ClientId)
            ? Read.Wrong("another party")
            : !token.TryGetPayloadValue("nonce", out string? given) || given is null || !IsSame(given, nonce) ? Read.Wrong("another nonce")
            : token.TryGetPayloadValue("events", out object? _) ? Read.Wrong("no ID token")
            : token.Subject is not { Length: > 0 } ? Read.Wrong("no subject")
            : read;
    }

    /// <summary>Reads a logout token (OpenID Connect Back-Channel Logout, 2.6).</summary>
    /// <exception cref="ProviderUnavailableException">Its keys cannot be read.</exception>
    public async Task<Read> ReadLogoutTokenAsync(string provider, OpenIdConnectSettings settings, string text,
        CancellationToken cancellation)
    {
        Read read = await ReadAsync(provider, settings, text, cancellation);
        if (read.Token is not { } token)
        {
            return read;
        }

        bool isLogout = token.TryGetPayloadValue("events", out JsonElement events) && events.ValueKind == JsonValueKind.Object
            && events.TryGetProperty("http://schemas.openid.net/event/backchannel-logout", out JsonElement said)
                && said.ValueKind == JsonValueKind.Object;
        return !isLogout || token.Typ is not (null or "" or "JWT" or "logout+jwt") ? Read.Wrong("no logout token")
            : token.TryGetPayloadValue("nonce", out object? _) ? Read.Wrong("a nonce")
            : string.IsNullOrEmpty(token.Subject) && !token.TryGetPayloadValue("sid", out string? _)
                ? Read.Wrong("neither subject nor session")
            : token.Id is not { Length: > 0 and <= Identifiers.LengthMax } ? Read.Wrong("no id")
            : read;
    }

    private async Task<Read> ReadAsync(string provider, OpenIdConnectSettings settings, string text, CancellationToken cancellation)
    {
        TokenValidationResult result = await ValidateAsync(await metadata.FindAsync(provider, cancellation));
        if (result.Exception is SecurityTokenSignatureKeyNotFoundException or SecurityTokenInvalidSignatureException)
        {
            result = await ValidateAsync(await metadata.FindAnewAsync(provider, cancellation));
        }

        return !result.IsValid || result.SecurityToken is not JsonWebToken token ? Read.Wrong(result.Exception?.GetType().Name ?? "invalid")
            : token.TryGetHeaderValue("crit", out object? _) ? Read.Wrong("a critical header")
            : IsTimely(token) ? new Read(token, null)
            : Read.Wrong("not of this time");

        Task<TokenValidationResult> ValidateAsync(OpenIdConnectConfiguration configuration) =>
            handler.ValidateTokenAsync(text, new TokenValidationParameters
        {
            ValidIssuer = settings.Authority!.OriginalString,
            ValidAudience = settings.ClientId,
            ValidAlgorithms = Algorithms,
            IssuerSigningKeys = configuration.SigningKeys,
            TryAllIssuerSigningKeys = true,

            // By the clock that was injected, above.
            ValidateLifetime = false,
        });
    }

    private bool IsTimely(JsonWebToken token)
    {
        DateTime now = clock.GetUtcNow().UtcDateTime;
        return token.TryGetPayloadValue("exp", out long _) && token.ValidTo > now - ClockDifferenceMax
            && token.TryGetPayloadValue("iat", out long _) && token.IssuedAt <= now + ClockDifferenceMax
            && token.ValidFrom <= now + ClockDifferenceMax;
    }

    private static bool IsSame(string one, string other) =>
        CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(one), Encoding.UTF8.GetBytes(other));
}
