namespace AccessGov.IdentityFederation.Tokens;

/// <summary>Token introspection (RFC 7662), for clients that may.</summary>
internal static class IntrospectToken
{
    public const string Scope = "tokens.introspect";

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/oauth/introspect", (HttpContext http, OAuthClients clients, Issuance issuance, AccessTokens tokens) =>
            clients.AnswerAsync(http, async (client, form) =>
        {
            if (!client.State.Definition.Scopes.Contains(Scope, StringComparer.Ordinal))
            {
                return OAuthAnswer.Refuse(
                    "unauthorized_client", $"A client that looks into tokens has the scope {Scope}.", StatusCodes.Status403Forbidden);
            }

            if (form["token"] is not { } text)
            {
                return OAuthAnswer.Refuse(OAuthAnswer.InvalidRequest, "token is missing.");
            }

            // Of a token that is not good, nothing is told (RFC 7662, 2.2).
            return await tokens.ReadAsync(text) is { } token
                ? Results.Json(new
                {
                    active = true,
                    token_type = "Bearer",
                    iss = issuance.Issuer,
                    sub = token.Subject,
                    client_id = token.ClientId,
                    aud = token.Audiences,
                    scope = token.Scope,
                    iat = token.IssuedAt.ToUnixTimeSeconds(),
                    exp = token.ExpiresAt.ToUnixTimeSeconds(),
                    jti = token.Id,
                })
                : Results.Json(new { active = false });
        }))
        .AsOAuth("introspectToken", ["token"], ["token_type_hint"]);
}
