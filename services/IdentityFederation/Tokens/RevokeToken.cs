using AccessGov.EventSourcing;
using AccessGov.ServiceDefaults;

namespace AccessGov.IdentityFederation.Tokens;

/// <summary>Something happened to a token that was issued.</summary>
internal abstract record IssuedTokenEvent;

/// <summary>A token is worth nothing any more.</summary>
/// <param name="ClientId">Whose it was.</param>
/// <param name="ExpiresAt">When it would have ended by itself.</param>
[EventName("token_revoked")]
internal sealed record TokenRevoked(string ClientId, DateTimeOffset ExpiresAt) : IssuedTokenEvent;

/// <summary>A token of which more is known than what it says itself. Its stream is named by its jti.</summary>
internal sealed record IssuedToken(bool Revoked)
{
    public static StreamKind<IssuedToken, IssuedTokenEvent> Streams { get; } = new("token", new IssuedToken(Revoked: false), Evolve);

    public static IssuedToken Evolve(IssuedToken state, IssuedTokenEvent @event) => @event switch
    {
        TokenRevoked when !state.Revoked => new(Revoked: true),
        _ => throw new InvalidOperationException($"{@event.GetType().Name} cannot follow: the stream of the token is corrupt."),
    };
}

/// <summary>
/// Token revocation (RFC 7009): a client ends one of its own tokens. Durable; known here with the answer, and to other replicas as soon as
/// it is numbered.
/// </summary>
internal static class RevokeToken
{
    public static Outcome<IssuedTokenEvent> Decide(IssuedToken state, string clientId, DateTimeOffset expiresAt) =>
        state.Revoked ? Outcome.NothingToDo<IssuedTokenEvent>() : new TokenRevoked(clientId, expiresAt);

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/oauth/revoke", (
            HttpContext http, OAuthClients clients, AccessTokens tokens, Issuance issuance, ITokenValidator validator,
            CommandRunner commands, AuthorizationGrants grants, GrantEnds ends) =>
            clients.AnswerAsync(http, async (client, form) =>
        {
            if (form["token"] is not { } text)
            {
                return OAuthAnswer.Refuse(OAuthAnswer.InvalidRequest, "token is missing.");
            }

            await using (GrantInUse? use = await grants.OfRefreshTokenAsync(text, http.RequestAborted))
            {
                if (use is not null && use.Grant.Client == client.Id)
                {
                    // With the refresh token goes all that was given with it (RFC 7009, 2.1).
                    await ends.EndAsync(http, use);
                    return Results.Ok();
                }
            }

            // What is no token, or no good one any more, has what was asked for: nobody takes it (RFC 7009, 2.2).
            if (await tokens.ReadAsync(text) is not { } token)
            {
                return Results.Ok();
            }

            return token.ClientId == client.Id
                ? await commands.RunAsync(
                    http, IssuedToken.Streams, token.Id, state => Decide(state, client.Id, token.ExpiresAt),
                    (_, _) =>
                    {
                        // However long the store's followers take.
                        issuance.Revoke(token.Id, token.ExpiresAt);
                        validator.Revoke(token.Id, token.ExpiresAt);
                        return Results.Ok();
                    }, refuse: OAuthAnswer.Unavailable)
                : OAuthAnswer.Refuse("unauthorized_client", "A client revokes its own tokens only.");
        }))
        .AsOAuth("revokeToken", ["token"], ["token_type_hint"]);
}
