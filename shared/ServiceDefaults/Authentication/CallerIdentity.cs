using System.Security.Claims;
using Microsoft.AspNetCore.Http;

namespace AccessGov.ServiceDefaults;

/// <summary>Who calls: what a valid token said. Immutable. An endpoint behind <c>RequireAuthorization</c> may take it as a parameter.</summary>
/// <param name="ClientId">The client that the token was given to.</param>
/// <param name="Subject">For whom it acts; the client itself when it acts for nobody.</param>
/// <param name="Scopes">What it may ask for.</param>
/// <param name="ExpiresAt">From this moment on the token is worth nothing.</param>
public sealed record CallerIdentity(string ClientId, string Subject, IReadOnlySet<string> Scopes, DateTimeOffset ExpiresAt)
    : IBindableFromHttpContext<CallerIdentity>
{
    /// <summary>
    /// How strongly the person signed in, from 0 (not known) to 3: the level that <see cref="AuthenticationSettings.AssuranceLevels"/> gives to the token's <c>acr</c> (RFC 9470, 6.1).
    /// </summary>
    public int AssuranceLevel { get; init; }

    /// <summary>When the person signed in: the token's <c>auth_time</c> (RFC 9470, 6.1); null when it does not say.</summary>
    public DateTimeOffset? AuthenticatedAt { get; init; }

    /// <summary>The person's session at the issuer: the token's <c>sid</c>; null when it was given in none.</summary>
    public string? SessionId { get; init; }

    /// <summary>
    /// Whether the client acts for nobody but itself (RFC 9068, 2.2: its own id is the subject then). Whoever has signed in is a person, whatever their id.
    /// </summary>
    public bool IsMachine => Subject == ClientId && SessionId is null;

    /// <summary>The caller of a request, null where nobody was authenticated.</summary>
    public static CallerIdentity? Of(HttpContext context) => (context.User.Identity as CallerClaims)?.Caller;

    /// <summary>Binds an endpoint's parameter to the authenticated caller; null, hence 400, where nobody was authenticated.</summary>
    public static ValueTask<CallerIdentity?> BindAsync(HttpContext context, System.Reflection.ParameterInfo parameter) =>
        ValueTask.FromResult(Of(context));

    internal ClaimsPrincipal ToPrincipal() => new(new CallerClaims(this));

    /// <summary>The caller in the shape that ASP.NET Core's authorization knows.</summary>
    private sealed class CallerClaims(CallerIdentity caller) : ClaimsIdentity(
        [
            new("client_id", caller.ClientId), new("sub", caller.Subject), .. caller.Scopes.Select(scope => new Claim("scope", scope)),
            .. caller.SessionId is { } session ? new[] { new Claim("sid", session) } : [],
        ],
        CallerAuthentication.Scheme, "client_id", roleType: null)
    {
        public CallerIdentity Caller { get; } = caller;
    }
}
