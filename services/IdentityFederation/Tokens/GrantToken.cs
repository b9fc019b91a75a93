using AccessGov.IdentityFederation.Clients;
using Microsoft.IdentityModel.Tokens;

namespace AccessGov.IdentityFederation.Tokens;

/// <summary>The token endpoint: client credentials (RFC 6749, 4.4).</summary>
internal static class GrantToken
{
    public const string Path = "/oauth/token";
    public const string ClientCredentials = "client_credentials";

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost(Path, (HttpContext http, OAuthClients clients, Issuance issuance, AccessTokens tokens) =>
            clients.AnswerAsync(http, (client, form) => ValueTask.FromResult(Grant(client, form, issuance, tokens))))
        .AsOAuth("grantToken", ["grant_type"], ["scope", "resource"]);

    private static IResult Grant(KnownClient client, OAuthForm form, Issuance issuance, AccessTokens tokens)
    {
        ClientDefinition definition = client.State.Definition;
        if (form["grant_type"] is not { } grant)
        {
            return OAuthAnswer.Refuse(OAuthAnswer.InvalidRequest, "grant_type is missing.");
        }

        if (grant != ClientCredentials)
        {
            return OAuthAnswer.Refuse("unsupported_grant_type", $"The grant type here is {ClientCredentials}.");
        }

        IReadOnlyList<string> scopes = form["scope"] is { } asked
            ? [.. asked.Split(' ', StringSplitOptions.RemoveEmptyEntries).Distinct(StringComparer.Ordinal)]
            : definition.Scopes;
        if (scopes.Count == 0 || scopes.Except(definition.Scopes, StringComparer.Ordinal).Any())
        {
            return OAuthAnswer.Refuse("invalid_scope", "The client may not ask for one of these scopes.");
        }

        string audience = form["resource"] ?? definition.Audiences[0];
        if (!definition.Audiences.Contains(audience, StringComparer.Ordinal))
        {
            return OAuthAnswer.Refuse("invalid_target", "The client may not ask for tokens for this resource.");
        }

        return issuance.Signer is { } signer
            ? Results.Json(new
            {
                access_token = tokens.Mint(client, scopes, audience, signer),
                token_type = "Bearer",
                expires_in = definition.TokenMinutes * 60,
                scope = string.Join(' ', scopes),
            })
            : OAuthAnswer.Unavailable(OAuthClients.NotReady);
    }
}
