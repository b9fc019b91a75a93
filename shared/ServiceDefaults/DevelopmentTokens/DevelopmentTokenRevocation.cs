using Microsoft.AspNetCore.Http;
using Microsoft.IdentityModel.JsonWebTokens;

namespace AccessGov.ServiceDefaults;

/// <summary>
/// Token revocation (RFC 7009). A revoked token is refused by this process from the next request on; another process that trusts the same issuer takes it until it
/// expires.
/// </summary>
internal sealed class DevelopmentTokenRevocation(ITokenValidator tokens)
{
    public async ValueTask<IResult> RevokeAsync(DevelopmentClient client, IFormCollection form, CancellationToken cancellation)
    {
        string token = form["token"].ToString();
        if (token.Length == 0)
        {
            return OAuthError.Of("invalid_request", "token is missing.");
        }

        switch (await tokens.ValidateAsync(token, cancellation))
        {
            case TokenValidation.Valid { Caller: var caller } when caller.ClientId != client.Id:
                return OAuthError.Of("unauthorized_client", "A client revokes its own tokens only.");
            case TokenValidation.Valid { Caller: var caller }:
                tokens.Revoke(new JsonWebToken(token).Id, caller.ExpiresAt);
                return Results.Ok();
            case TokenValidation.Unknown unknown:
                return OAuthError.Of("temporarily_unavailable", unknown.Sentence, StatusCodes.Status503ServiceUnavailable);
            default:
                // What is no token, or no good one any more, has what was asked for: nobody takes it (RFC 7009, 2.2).
                return Results.Ok();
        }
    }
}
