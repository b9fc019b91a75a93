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
    /// <summary>Binds an endpoint's parameter to the authenticated caller; null, hence 400, where nobody was authenticated.</summary>
    public static ValueTask<CallerIdentity?> BindAsync(HttpContext context, System.Reflection.ParameterInfo parameter) =>
        ValueTask.FromResult((context.User.Identity as CallerClaims)?.Caller);

    internal ClaimsPrincipal ToPrincipal() => new(new CallerClaims(this));

    /// <summary>The caller in the shape that ASP.NET Core's authorization knows.</summary>
    private sealed class CallerClaims(CallerIdentity caller) : ClaimsIdentity(
        [new("client_id", caller.ClientId), new("sub", caller.Subject), .. caller.Scopes.Select(scope => new Claim("scope", scope))],
        CallerAuthentication.Scheme, "client_id", roleType: null)
    {
        public CallerIdentity Caller { get; } = caller;
    }
}
