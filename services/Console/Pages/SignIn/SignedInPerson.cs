using Microsoft.AspNetCore.Authentication;

namespace AccessGov.Console.Pages.SignIn;

/// <summary>Whoever is signed in: what is not theirs to do pages do not offer. The services decide all the same.</summary>
internal sealed class SignedInPerson(IHttpContextAccessor http, Sessions sessions)
{
    /// <summary>Their id; null when nobody is signed in.</summary>
    public string? Id => http.HttpContext?.User.FindFirst("sub")?.Value;

    /// <summary>Their session at IdentityFederation.</summary>
    public string? Session => http.HttpContext?.User.FindFirst("sid")?.Value;

    /// <summary>What their token is good for.</summary>
    public IReadOnlyList<string> Scopes => Tokens?.Scopes ?? [];

    /// <summary>The kinds of clearances for want of which that is less than their groups permit.</summary>
    public IReadOnlyList<string> MissingClearances => Tokens?.MissingClearances ?? [];

    public bool May(string scope) => Scopes.Contains(scope, StringComparer.Ordinal);

    private Tokens? Tokens =>
        sessions.Find(http.HttpContext?.Features.Get<IAuthenticateResultFeature>()?.AuthenticateResult?.Properties)?.Tokens;
}
