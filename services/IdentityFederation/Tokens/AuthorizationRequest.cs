using AccessGov.IdentityFederation.Clients;
using AccessGov.IdentityFederation.Sessions;

namespace AccessGov.IdentityFederation.Tokens;

/// <summary>What a client asks of a person's browser (RFC 6749, 4.1.1; OpenID Connect Core, 3.1.2.1), checked.</summary>
/// <param name="Client">Which client.</param>
/// <param name="RedirectUri">Where the person is sent back to: one of the client's addresses.</param>
/// <param name="State">What the client wants to hear again.</param>
/// <param name="Scopes">What it may ask for with the token.</param>
/// <param name="Audience">Whom the token is meant for.</param>
/// <param name="Challenge">The SHA-256 of what the client will show with the code (RFC 7636).</param>
internal sealed record AuthorizationRequest(
    KnownClient Client, string RedirectUri, string? State, IReadOnlyList<string> Scopes, string Audience, string Challenge)
{
    public string? Nonce { get; init; }

    public string? LoginHint { get; init; }

    /// <summary>An ID token of whom the client expects, as it was sent.</summary>
    public string? IdTokenHint { get; init; }

    /// <summary>How the client is answered.</summary>
    public ResponseMode Mode { get; init; }

    /// <summary>The weakest authentication context that is enough; null for any.</summary>
    public string? Context { get; init; }

    /// <summary>How long ago the person may have shown who they are.</summary>
    public TimeSpan? MaxAge { get; init; }

    /// <summary>Whether the person is to show it again in any case.</summary>
    public bool SignInAgain { get; init; }

    /// <summary>Whether the person may be asked anything.</summary>
    public bool MayAsk { get; init; } = true;

    /// <summary>The same request, for which nothing weaker is enough.</summary>
    public AuthorizationRequest WithAtLeast(string context) =>
        Context is not null && AuthenticationContexts.Satisfies(Context, context) ? this : this with { Context = context };

    /// <summary>
    /// Whether what a person showed is enough. Whoever showed it after they were asked to for this request has done so, however short its
    /// age may be: otherwise nobody would ever get through.
    /// </summary>
    /// <param name="context">What it amounts to.</param>
    /// <param name="authenticatedAt">When they showed it.</param>
    /// <param name="askedAt">When they were first asked to for this request; null when they were not.</param>
    /// <param name="now">The time.</param>
    public bool IsMetBy(string context, DateTimeOffset authenticatedAt, DateTimeOffset? askedAt, DateTimeOffset now) =>
        (Context is null || AuthenticationContexts.Satisfies(context, Context))
        && ((askedAt is { } asked && authenticatedAt >= asked)
            || (!SignInAgain && (MaxAge is not { } age || now - authenticatedAt <= age)));
}

/// <summary>How the answer to an authorization request comes to the client.</summary>
internal enum ResponseMode
{
    /// <summary>In the address that the person is sent to.</summary>
    Query,

    /// <summary>In a form that the browser sends (OAuth 2.0 Form Post Response Mode).</summary>
    FormPost,
}

/// <summary>The scopes that every client may ask for that sends people here.</summary>
internal static class OpenIdScopes
{
    public const string OpenId = "openid";
    public const string Profile = "profile";
    public const string Email = "email";
    public const string OfflineAccess = "offline_access";

    public static IReadOnlyList<string> All { get; } = [OpenId, Profile, Email, OfflineAccess];
}
