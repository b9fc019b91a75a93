using AccessGov.IdentityFederation.Clients;

namespace AccessGov.IdentityFederation.Tokens;

/// <summary>Token introspection (RFC 7662), for clients that may.</summary>
internal static class IntrospectToken
{
    public const string Scope = "tokens.introspect";

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/oauth/introspect", (HttpContext http, OAuthClients clients, Issuance issuance, AccessTokens tokens) =>
            clients.AnswerAsync(http, async (client, form) =>
        {
            if (!client.State.Definition.Scopes.Contains(Scope, StringComparer.Ordinal)
                || client.State.Definition.Authentication == ClientAuthentication.None)
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
                ? Results.Json(Told(token, issuance.Issuer))
                : Results.Json(new { active = false });
        }))
        .AsOAuth("introspectToken", ["token"], ["token_type_hint"]);

    private static Dictionary<string, object> Told(AccessTokens.Read token, string issuer)
    {
        var told = new Dictionary<string, object>(StringComparer.Ordinal)
        {
            ["active"] = true,
            ["token_type"] = "Bearer",
            ["iss"] = issuer,
            ["sub"] = token.Subject,
            ["client_id"] = token.ClientId,
            ["aud"] = token.Audiences,
            ["scope"] = token.Scope,
            ["iat"] = token.IssuedAt.ToUnixTimeSeconds(),
            ["exp"] = token.ExpiresAt.ToUnixTimeSeconds(),
            ["jti"] = token.Id,
        };
        if (token is { SessionId: { } session, Context: { } context, AuthenticatedAt: { } at })
        {
            // How strongly and when somebody signed in (RFC 9470, 6.2).
            (told["sid"], told["acr"], told["auth_time"]) = (session, context, at);
        }

        return told;
    }
}
