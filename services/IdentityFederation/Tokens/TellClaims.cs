using AccessGov.IdentityFederation.People;

namespace AccessGov.IdentityFederation.Tokens;

/// <summary>What a client may know of whoever is signed in (OpenID Connect Core, 5.3).</summary>
internal static class TellClaims
{
    public const string Path = "/oauth/userinfo";
    private const string Prefix = "Bearer ";

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapMethods(Path, [HttpMethods.Get, HttpMethods.Post], AnswerAsync)
        .AllowAnonymous().RequireCors(BrowserClients.Policy).WithName("userInfo").WithTags("OAuth");

    private static async Task<IResult> AnswerAsync(HttpContext http, AccessTokens tokens, PersonDirectory people)
    {
        string header = http.Request.Headers.Authorization.ToString();
        if (!header.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase))
        {
            return Refuse(http, StatusCodes.Status401Unauthorized, null, "Send an access token in the Authorization header.");
        }

        if (await tokens.ReadAsync(header[Prefix.Length..].Trim()) is not { SessionId: not null } token
            || await people.FindAsync(token.Subject, http.RequestAborted) is not { } person)
        {
            return Refuse(http, StatusCodes.Status401Unauthorized, "invalid_token", "The token is not good, or of no person.");
        }

        string[] scopes = token.Scope.Split(' ');
        return scopes.Contains(OpenIdScopes.OpenId)
            ? Results.Json(Claims(token.Subject, scopes.Contains(OpenIdScopes.Profile) ? person.Profile : null))
            : Refuse(http, StatusCodes.Status403Forbidden, "insufficient_scope", $"This needs the scope {OpenIdScopes.OpenId}.");
    }

    private static Dictionary<string, object> Claims(string person, PersonProfile? profile)
    {
        var claims = new Dictionary<string, object>(StringComparer.Ordinal) { ["sub"] = person };
        if (profile is null)
        {
            return claims;
        }

        (string Name, string? Value)[] known =
        [
            ("preferred_username", profile.UserName),
            ("name", profile.DisplayName ?? profile.Name?.Formatted),
            ("given_name", profile.Name?.GivenName),
            ("family_name", profile.Name?.FamilyName),
            ("email",
                (profile.Emails.FirstOrDefault(email => email.Primary == true) ?? (profile.Emails is [var one, ..] ? one : null))?.Value),
        ];
        foreach ((string name, string? value) in known)
        {
            if (value is not null)
            {
                claims[name] = value;
            }
        }

        return claims;
    }

    private static IResult Refuse(HttpContext http, int status, string? error, string sentence)
    {
        http.Response.Headers.WWWAuthenticate = "Bearer realm=\"accessgov\"" + (error is null ? "" : $", error=\"{error}\", error_description=\"{sentence}\"");
        return OAuthAnswer.Refuse(error ?? "invalid_token", sentence, status);
    }
}
