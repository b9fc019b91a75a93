using Microsoft.IdentityModel.Tokens;

namespace AccessGov.ServiceDefaults;

/// <summary>What is wrong with a token, for its caller. Nothing from the token is repeated.</summary>
internal static class TokenFaults
{
    public static string Sentence(Exception? error) => error switch
    {
        SecurityTokenInvalidIssuerException => "The token comes from another issuer.",
        SecurityTokenInvalidAudienceException => "The token is meant for another audience.",
        SecurityTokenInvalidTypeException => "The token is not an access token (typ at+jwt).",
        SecurityTokenInvalidAlgorithmException => "The token is not signed with ES256.",
        SecurityTokenSignatureKeyNotFoundException => "The token is signed with a key that is not known here.",
        SecurityTokenInvalidSignatureException => "The token's signature is wrong.",
        _ => "The token is not valid.",
    };
}
