using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace AccessGov.ServiceDefaults;

/// <summary>Validates JWT access tokens (RFC 9068) signed with ES256.</summary>
internal sealed class JwtValidator(
    IOptions<AuthenticationSettings> options, SigningKeys keys, IEnumerable<ISigningKeySource> sources, TimeProvider clock)
    : ITokenValidator
{
    private const int RejectedTokensMax = 1_000;
    private static readonly TimeSpan RejectedFor = TimeSpan.FromSeconds(5);

    private static readonly string[] RequiredClaims = ["exp", "iat", "jti", "sub", "client_id"];

    /// <summary>For "not before" only, where the issuer's clock is a little ahead; what has expired has expired.</summary>
    private static readonly TimeSpan ClockDifferenceMax = TimeSpan.FromSeconds(30);

    private readonly AuthenticationSettings settings = Trusting(options.Value, sources);
    private readonly ISigningKeySource[] own = [.. sources];
    private readonly JsonWebTokenHandler handler = new() { MapInboundClaims = false, MaximumTokenSizeInBytes = TokenHash.TokenLengthMax };
    private readonly TokenCache<ValidatedToken> accepted = new(options.Value.RememberedTokensMax);
    private readonly TokenCache<Rejected> rejected = new(RejectedTokensMax);
    private readonly Revocations revocations = new(options.Value.LongestLifetime);
    private readonly Lock revoking = new();

    public int RememberedTokens => accepted.Count + rejected.Count;

    public bool TryGetCached(ReadOnlySpan<char> token, [NotNullWhen(true)] out CallerIdentity? caller)
    {
        caller = TokenHash.TryOf(token, out TokenHash hash) && accepted.TryGet(hash, out ValidatedToken? known)
            && known.Caller.ExpiresAt > clock.GetUtcNow()
            ? known.Caller
            : null;
        return caller is not null;
    }

    public async ValueTask<TokenValidation> ValidateAsync(string token, CancellationToken cancellation = default)
    {
        if (!TokenHash.TryOf(token, out TokenHash hash))
        {
            return new TokenValidation.Invalid($"A token is ASCII and at most {TokenHash.TokenLengthMax} characters long.");
        }

        DateTimeOffset now = clock.GetUtcNow();
        if (accepted.TryGet(hash, out ValidatedToken? known))
        {
            return known.Caller.ExpiresAt > now ? new TokenValidation.Valid(known.Caller) : Expired;
        }

        if (rejected.TryGet(hash, out Rejected? earlier) && earlier.Until > now && earlier.Until <= now + RejectedFor)
        {
            return earlier.Outcome;
        }

        TokenValidation outcome = await CheckAsync(token, hash, now, cancellation);
        if (outcome is TokenValidation.Invalid invalid)
        {
            rejected.Set(hash, new Rejected(invalid, now + RejectedFor));
        }

        return outcome;
    }

    public void Revoke(string tokenId, DateTimeOffset expiresAt) => Refuse(now => revocations.Add(tokenId, expiresAt, now));

    public void RevokeAllOf(string subject, DateTimeOffset issuedUntil) => Refuse(now => revocations.AddAllOf(subject, issuedUntil, now));

    public void RevokeOwnOf(string client, DateTimeOffset issuedUntil) => Refuse(now => revocations.AddOwnOf(client, issuedUntil, now));

    public void RevokeKey(string keyId) => Refuse(_ => revocations.AddKey(keyId));

    public void RevokeSession(string sessionId) => Refuse(now => revocations.AddSession(sessionId, now));

    /// <summary>
    /// Forgets what was signed with other keys of the configured issuer than these: such a token is checked again, and refused.
    /// </summary>
    public void KeepOnly(IReadOnlySet<string> keyIds)
    {
        lock (revoking)
        {
            accepted.RemoveWhere(token => !token.IsOwn && (token.KeyId is not { } key || !keyIds.Contains(key)));
        }
    }

    private static TokenValidation.Invalid Expired => new("The token has expired: ask the issuer for a new one.");

    private void Refuse(Action<DateTimeOffset> add)
    {
        lock (revoking)
        {
            add(clock.GetUtcNow());
            accepted.RemoveWhere(revocations.Cover);
        }
    }

    private async Task<TokenValidation> CheckAsync(string text, TokenHash hash, DateTimeOffset now, CancellationToken cancellation)
    {
        if (!TryRead(text, out JsonWebToken? token))
        {
            return new TokenValidation.Invalid("The token is not a JWT.");
        }

        ISigningKeySource? source = own.FirstOrDefault(source => source.Issuer == token.Issuer);
        if (source is null && !keys.AreConfigured)
        {
            return new TokenValidation.Invalid("The token comes from another issuer.");
        }

        IReadOnlyList<SecurityKey> candidates;
        try
        {
            candidates = source?.Keys ?? await keys.ForAsync(token.Kid, cancellation);
        }
        catch (KeysUnavailableException)
        {
            candidates = [];
        }

        if (candidates.Count == 0)
        {
            return new TokenValidation.Unknown("The issuer's keys cannot be read now, so nobody can be recognised. Try again in a moment.");
        }

        TokenValidationResult result = await handler.ValidateTokenAsync(token, Parameters(source?.Issuer ?? settings.Issuer, candidates));
        if (!result.IsValid)
        {
            return new TokenValidation.Invalid(TokenFaults.Sentence(result.Exception));
        }

        return CheckClaims(token, now) ?? Remember(token, hash, source is not null);
    }

    private bool TryRead(string text, [NotNullWhen(true)] out JsonWebToken? token)
    {
        token = null;
        try
        {
            if (handler.CanReadToken(text))
            {
                token = handler.ReadJsonWebToken(text);
            }
        }
        catch (Exception error) when (error is ArgumentException or FormatException or System.Text.Json.JsonException)
        {
            // Not a JWT: the caller is told so.
        }

        return token is not null;
    }

    private static AuthenticationSettings Trusting(AuthenticationSettings settings, IEnumerable<ISigningKeySource> sources) =>
        !string.IsNullOrEmpty(settings.Issuer) || sources.Any() ? settings : throw new OptionsValidationException(
            AuthenticationSettings.Section, typeof(AuthenticationSettings),
            ["Setting Authentication:Issuer: The Issuer field is required."]);

    private TokenValidationParameters Parameters(string issuer, IReadOnlyList<SecurityKey> candidates) => new()
    {
        ValidIssuer = issuer,
        ValidAudience = settings.Audience,
        ValidAlgorithms = [SecurityAlgorithms.EcdsaSha256],
        ValidTypes = ["at+jwt", "application/at+jwt"],
        IssuerSigningKeys = candidates,
        // Lifetimes are checked by CheckClaims, by the clock that was injected.
        ValidateLifetime = false,
    };

    private TokenValidation.Invalid? CheckClaims(JsonWebToken token, DateTimeOffset now)
    {
        if (token.TryGetHeaderValue("crit", out object _))
        {
            return new("The token demands an extension that is not known here.");
        }

        if (Missing(token) is { } missing)
        {
            return new($"The token lacks the claim {missing}.");
        }

        if (token.ValidTo <= now.UtcDateTime)
        {
            return Expired;
        }

        if (token.ValidFrom > now.UtcDateTime + ClockDifferenceMax || token.IssuedAt > now.UtcDateTime + ClockDifferenceMax)
        {
            return new("The token is not valid yet.");
        }

        return token.ValidTo - token.IssuedAt > settings.LongestLifetime
            ? new($"The token lives longer than {settings.LongestLifetime.TotalHours:0.##} hours, which is not accepted here.")
            : null;
    }

    /// <summary>RFC 9068, 2.2: the claims that every access token has.</summary>
    private static string? Missing(JsonWebToken token) =>
        RequiredClaims.FirstOrDefault(claim =>
            !token.TryGetPayloadValue(claim, out object? value) || value is null or "");

    private TokenValidation Remember(JsonWebToken token, TokenHash hash, bool isOwn)
    {
        string[] scopes = token.TryGetPayloadValue("scope", out string? scope) && scope is not null
            ? scope.Split(' ', StringSplitOptions.RemoveEmptyEntries)
            : [];
        var caller = new CallerIdentity(
            token.GetPayloadValue<string>("client_id"), token.Subject, scopes.ToFrozenSet(StringComparer.Ordinal),
            new DateTimeOffset(token.ValidTo, TimeSpan.Zero))
        {
            AssuranceLevel = token.TryGetPayloadValue("acr", out string? acr) ? settings.LevelOf(acr) : 0,
            SessionId = token.TryGetPayloadValue("sid", out string? session) ? session : null,
            AuthenticatedAt = token.TryGetPayloadValue("auth_time", out long seconds) ? SignedInAt(seconds) : null,
        };
        var validated = new ValidatedToken(caller, token.Id, token.Kid, new DateTimeOffset(token.IssuedAt, TimeSpan.Zero), isOwn);

        // Under the same lock as a revocation, so that neither can miss the other.
        lock (revoking)
        {
            if (revocations.Cover(validated))
            {
                return new TokenValidation.Invalid("The token was revoked.");
            }

            accepted.Set(hash, validated);
            return new TokenValidation.Valid(caller);
        }
    }

    // A moment that no calendar has is no moment.
    private static DateTimeOffset? SignedInAt(long seconds) =>
        seconds >= 0 && seconds <= DateTimeOffset.MaxValue.ToUnixTimeSeconds() ? DateTimeOffset.FromUnixTimeSeconds(seconds) : null;

    private sealed record Rejected(TokenValidation.Invalid Outcome, DateTimeOffset Until);
}
