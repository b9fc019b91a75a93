using AccessGov.IdentityFederation.Clients;
using Microsoft.IdentityModel.Tokens;

namespace AccessGov.IdentityFederation.Tokens;

/// <summary>The token endpoint: for a client itself (client credentials: RFC 6749, 4.4), and for people.</summary>
internal static class GrantToken
{
    public const string Path = "/oauth/token";
    public const string ClientCredentials = "client_credentials";

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost(Path, (HttpContext http, OAuthClients clients, Issuance issuance, AccessTokens tokens, GrantForPerson people) =>
            clients.AnswerAsync(http, (client, form) => form["grant_type"] switch
            {
                null => Refused(OAuthAnswer.InvalidRequest, "grant_type is missing."),
                ClientCredentials => ValueTask.FromResult(Grant(client, form, issuance, tokens)),
                GrantForPerson.Code => people.ForCodeAsync(http, client, form),
                GrantForPerson.Refresh => people.ForRefreshTokenAsync(http, client, form),
                _ => Refused(
                    "unsupported_grant_type", $"The grant types here are {ClientCredentials}, {GrantForPerson.Code} and {GrantForPerson.Refresh}."),
            }))
        .RequireCors(BrowserClients.Policy)
        .AsOAuth("grantToken", ["grant_type"], ["scope", "resource", "code", "redirect_uri", "code_verifier", "refresh_token"]);

    private static ValueTask<IResult> Refused(string error, string sentence) => ValueTask.FromResult(OAuthAnswer.Refuse(error, sentence));

    private static IResult Grant(KnownClient client, OAuthForm form, Issuance issuance, AccessTokens tokens)
    {
        ClientDefinition definition = client.State.Definition;
        if (!definition.Grants.Contains(ClientGrant.ClientCredentials))
        {
            return OAuthAnswer.Refuse("unauthorized_client", "The client gets tokens for people only.");
        }

        IReadOnlyList<string> scopes = form["scope"] is { } asked
            ? [.. asked.Split(' ', StringSplitOptions.RemoveEmptyEntries).Distinct(StringComparer.Ordinal)]
            : definition.Scopes;
        if (scopes.Count == 0 || scopes.Except(definition.Scopes, StringComparer.Ordinal).Any())
        {
            return OAuthAnswer.Refuse(OAuthAnswer.InvalidScope, "The client may not ask for one of these scopes.");
        }

        string audience = form["resource"] ?? definition.Audiences[0];
        if (!definition.Audiences.Contains(audience, StringComparer.Ordinal))
        {
            return OAuthAnswer.Refuse(OAuthAnswer.InvalidTarget, "The client may not ask for tokens for this resource.");
        }

        return issuance.Signer is { } signer
            ? Results.Json(new
            {
                access_token = tokens.Mint(client, scopes, audience, signer).Text,
                token_type = "Bearer",
                expires_in = definition.TokenMinutes * 60,
                scope = string.Join(' ', scopes),
            })
            : OAuthAnswer.Unavailable(OAuthClients.NotReady);
    }
}
