using System.Diagnostics.CodeAnalysis;

namespace AccessGov.ServiceDefaults;

/// <summary>
/// Says who a bearer token belongs to. A token is validated once and then known by its SHA-256 until it expires or is revoked.
/// Thread-safe. The seam behind which the issuer of tokens changes.
/// </summary>
public interface ITokenValidator
{
    /// <summary>
    /// The fast path: true when the token was validated before, has not expired and was not revoked. Allocates nothing and never waits;
    /// false says only that <see cref="ValidateAsync"/> has to be asked.
    /// </summary>
    bool TryGetCached(ReadOnlySpan<char> token, [NotNullWhen(true)] out CallerIdentity? caller);

    /// <summary>Validates a token: signature (ES256 only), type, issuer, audience, lifetime, the claims of RFC 9068, revocation.</summary>
    ValueTask<TokenValidation> ValidateAsync(string token, CancellationToken cancellation = default);

    /// <summary>Refuses one token from now on.</summary>
    /// <param name="tokenId">Its <c>jti</c>.</param>
    /// <param name="expiresAt">When it expires by itself; until then it is remembered.</param>
    void Revoke(string tokenId, DateTimeOffset expiresAt);

    /// <summary>Refuses every token of a subject, or of a client for whomever, that was issued at this moment or earlier.</summary>
    void RevokeAllOf(string subject, DateTimeOffset issuedUntil);

    /// <summary>Refuses every token that a client got for itself, and for no person, at this moment or earlier.</summary>
    void RevokeOwnOf(string client, DateTimeOffset issuedUntil);

    /// <summary>Refuses every token that was signed with this key, also those that were validated before.</summary>
    /// <param name="keyId">Its <c>kid</c>.</param>
    void RevokeKey(string keyId);

    /// <summary>Refuses every token that was given in this session, also those that were validated before.</summary>
    /// <param name="sessionId">Its <c>sid</c>.</param>
    void RevokeSession(string sessionId);
}

/// <summary>What became of a token.</summary>
public abstract record TokenValidation
{
    private TokenValidation() { }

    /// <summary>The token is good.</summary>
    /// <param name="Caller">Whose it is.</param>
    public sealed record Valid(CallerIdentity Caller) : TokenValidation;

    /// <summary>The token is not good: 401.</summary>
    /// <param name="Sentence">Why, for the caller; it repeats nothing from the token.</param>
    public sealed record Invalid(string Sentence) : TokenValidation;

    /// <summary>Whether the token is good cannot be known now: 503.</summary>
    /// <param name="Sentence">Why, for the caller.</param>
    public sealed record Unknown(string Sentence) : TokenValidation;
}
