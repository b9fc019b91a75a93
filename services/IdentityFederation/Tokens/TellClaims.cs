using AccessGov.IdentityFederation.People;
using AccessGov.ServiceDefaults;

namespace AccessGov.IdentityFederation.Tokens;

/// <summary>What a client may know of whoever is signed in (OpenID Connect Core, 5.3).</summary>
internal static class TellClaims
{
    public const string Path = "/oauth/userinfo";
    private const string Prefix = "Bearer ";

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapMethods(Path, [HttpMethods.Get, HttpMethods.Post], AnswerAsync)
        .AllowAnonymous().RequireCors(BrowserClients.Policy).WithName("userInfo").WithTags("OAuth").WithBodyLimit(OAuthAnswer.BodyBytesMax);

    private static async Task<IResult> AnswerAsync(HttpContext http, AccessTokens tokens, PersonDirectory people)
    {
        string header = http.Request.Headers.Authorization.ToString();
        string? inHeader = header.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase) ? header[Prefix.Length..].Trim() : null;
        (string? inForm, string? malformed) = await InFormAsync(http);
        if (malformed is not null || (inForm is not null && header.Length > 0))
        {
            return Refuse(
                http, StatusCodes.Status400BadRequest, OAuthAnswer.InvalidRequest, malformed ?? "Send the token in one way, not in two.");
        }

        if ((inHeader ?? inForm) is not { } text)
        {
            return Refuse(
                http, StatusCodes.Status401Unauthorized, null,
                "Send an access token in the Authorization header, or in a form as access_token.");
        }

        if (await tokens.ReadAsync(text) is not { SessionId: not null } token
            || await people.FindAsync(token.Subject, http.RequestAborted) is not { } person)
        {
            return Refuse(http, StatusCodes.Status401Unauthorized, "invalid_token", "The token is not good, or of no person.");
        }

        string[] scopes = token.Scope.Split(' ');
        return scopes.Contains(OpenIdScopes.OpenId)
            ? Results.Json(Claims(token.Subject, person.Profile, scopes))
            : Refuse(http, StatusCodes.Status403Forbidden, "insufficient_scope", $"This needs the scope {OpenIdScopes.OpenId}.");
    }

    // Never in the address, which is kept in logs (RFC 9700, 4.3.2).
    private static async Task<(string? Token, string? Malformed)> InFormAsync(HttpContext http)
    {
        if (!HttpMethods.IsPost(http.Request.Method) || !OAuthForm.IsForm(http.Request.ContentType))
        {
            return (null, null);
        }

        (OAuthForm? form, string? sentence) = await OAuthForm.ReadAsync(http);
        return (form?["access_token"], sentence);
    }

    private static Dictionary<string, object> Claims(string person, PersonProfile profile, string[] scopes)
    {
        var claims = new Dictionary<string, object>(StringComparer.Ordinal) { ["sub"] = person };
        if (scopes.Contains(OpenIdScopes.Profile))
        {
            Add("preferred_username", profile.UserName);
            Add("name", profile.DisplayName ?? profile.Name?.Formatted);
            Add("given_name", profile.Name?.GivenName);
            Add("family_name", profile.Name?.FamilyName);
        }

        if (scopes.Contains(OpenIdScopes.Email) && profile.PreferredEmail() is { } address)
        {
            // The address is what a directory or an administrator wrote: nobody has seen that its person reads there.
            (claims["email"], claims["email_verified"]) = (address, false);
        }

        return claims;

        void Add(string name, string? value)
        {
            if (value is not null)
            {
                claims[name] = value;
            }
        }
    }

    private static IResult Refuse(HttpContext http, int status, string? error, string sentence)
    {
        http.Response.Headers.WWWAuthenticate = "Bearer realm=\"accessgov\""
            + (error is null ? "" : $", error=\"{error}\", error_description=\"{sentence}\"");
        return OAuthAnswer.Refuse(error ?? "invalid_token", sentence, status);
    }
}
