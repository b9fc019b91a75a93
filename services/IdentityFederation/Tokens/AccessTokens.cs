using AccessGov.IdentityFederation.Clients;
using AccessGov.IdentityFederation.Sessions;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace AccessGov.IdentityFederation.Tokens;

/// <summary>Makes access tokens (RFC 9068, ES256) and reads those that were made here. Thread-safe.</summary>
internal sealed class AccessTokens(Issuance issuance, OpenSessions sessions, TimeProvider clock)
{
    private const int BytesMax = 8192;

    private readonly JsonWebTokenHandler handler = new()
    {
        SetDefaultTimesOnTokenCreation = false, MapInboundClaims = false, MaximumTokenSizeInBytes = BytesMax,
    };

    /// <summary>A good token.</summary>
    public sealed record Read(
        string Id, string ClientId, string Subject, string Scope, IReadOnlyList<string> Audiences,
        DateTimeOffset IssuedAt, DateTimeOffset ExpiresAt)
    {
        /// <summary>The session that it was given in; null for a client that acts for itself.</summary>
        public string? SessionId { get; init; }

        public string? Context { get; init; }

        public long? AuthenticatedAt { get; init; }
    }

    /// <summary>A token that was just made.</summary>
    /// <param name="Text">As it is sent.</param>
    /// <param name="Id">Its jti.</param>
    /// <param name="ExpiresAt">When it expires.</param>
    /// <param name="LastsSeconds">How long that is from when it was made.</param>
    public sealed record Minted(string Text, string Id, DateTimeOffset ExpiresAt, int LastsSeconds);

    /// <summary>Makes a token for a client.</summary>
    /// <param name="client">Which.</param>
    /// <param name="scopes">What it may ask for with it.</param>
    /// <param name="audience">Whom it is meant for.</param>
    /// <param name="signer">The key.</param>
    /// <param name="signedIn">The person that it acts for; nobody but itself when null.</param>
    /// <param name="until">When it expires at the latest: no token outlives the access of its person.</param>
    public Minted Mint(
        KnownClient client, IEnumerable<string> scopes, string audience, SigningCredentials signer, SignedIn? signedIn = null,
        DateTimeOffset? until = null)
    {
        DateTimeOffset now = clock.GetUtcNow();
        DateTimeOffset usual = now.AddMinutes(client.State.Definition.TokenMinutes);
        DateTimeOffset expires = until < usual ? until.Value : usual;
        string id = Guid.CreateVersion7(now).ToString("n");
        var claims = new Dictionary<string, object>(StringComparer.Ordinal)
        {
            ["sub"] = client.Id, ["client_id"] = client.Id, ["scope"] = string.Join(' ', scopes), ["jti"] = id,
        };
        signedIn?.WriteTo(claims);
        string text = handler.CreateToken(new SecurityTokenDescriptor
        {
            TokenType = "at+jwt",
            Issuer = issuance.Issuer,
            Audience = audience,
            IssuedAt = IssuedAt(client.State.VoidUntilFor(ownGrant: signedIn is null), now).UtcDateTime,
            Expires = expires.UtcDateTime,
            SigningCredentials = signer,
            Claims = claims,
        });
        return new Minted(text, id, expires, (int)(expires - now).TotalSeconds);
    }

    // Tokens know seconds. What is given in the second in which all earlier ones became void names the next one, and is not void, too.
    private static DateTimeOffset IssuedAt(DateTimeOffset? voidUntil, DateTimeOffset now) =>
        voidUntil?.ToUnixTimeSeconds() == now.ToUnixTimeSeconds() ? now.AddSeconds(1) : now;

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
            [.. token.Audiences], new DateTimeOffset(token.IssuedAt, TimeSpan.Zero), new DateTimeOffset(token.ValidTo, TimeSpan.Zero))
        {
            SessionId = token.TryGetPayloadValue("sid", out string? session) ? session : null,
            Context = token.TryGetPayloadValue("acr", out string? context) ? context : null,
            AuthenticatedAt = token.TryGetPayloadValue("auth_time", out long at) ? at : null,
        };
        return IsGood(read) ? read : null;
    }

    private bool IsGood(Read token) =>
        token.ExpiresAt > clock.GetUtcNow() && !issuance.IsRevoked(token.Id)
        && issuance.Clients.TryGetValue(token.ClientId, out KnownClient? client) && !client.State.Disabled
        && !(token.IssuedAt <= client.State.VoidUntilFor(ownGrant: token.SessionId is null))
        && (token.SessionId is not { } session || sessions.Find(session) is not null);
}

/// <summary>Who has signed in for a client, how, and in which session: the same claims in every token that is given for it.</summary>
internal sealed record SignedIn(
    string Person, string Session, string Context, IReadOnlyList<string> Methods, DateTimeOffset AuthenticatedAt)
{
    public void WriteTo(Dictionary<string, object> claims)
    {
        claims["sub"] = Person;
        claims["sid"] = Session;
        claims["acr"] = Context;
        claims["amr"] = Methods.ToArray();
        claims["auth_time"] = AuthenticatedAt.ToUnixTimeSeconds();
    }
}
