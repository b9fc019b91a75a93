using Microsoft.AspNetCore.Http;

namespace AccessGov.ServiceDefaults;

/// <summary>Grants tokens to clients that were recognised.</summary>
internal sealed class DevelopmentTokenIssuer(DevelopmentTokenMint mint, string audience, TimeSpan lifetime)
{
    private const int SubjectLengthMax = 200;
    private const int AcrLengthMax = 200;

    public IResult Grant(DevelopmentClient client, IFormCollection form)
    {
        string grantType = form["grant_type"].ToString();
        if (grantType != "client_credentials")
        {
            return grantType.Length == 0
                ? OAuthError.Of("invalid_request", "grant_type is missing.")
                : OAuthError.Of("unsupported_grant_type", "Only client_credentials is supported.");
        }

        if (form["resource"].ToString() is { Length: > 0 } resource && resource != audience)
        {
            return OAuthError.Of("invalid_target", $"Tokens are issued for {audience} only.");
        }

        string? subject = form["subject"].ToString() is { Length: > 0 } named ? named : null;
        if (subject is not null && (!client.ActsForUsers || subject == client.Id || subject.Length > SubjectLengthMax || subject.Any(char.IsControl)))
        {
            return OAuthError.Of("unauthorized_client", "The client may not act for a user.");
        }

        string? acr = form["acr_values"].ToString() is { Length: > 0 } classes ? classes : null;
        if (acr is not null && (subject is null || acr.Length > AcrLengthMax || acr.Any(character => character is <= ' ' or > '~')))
        {
            return OAuthError.Of("invalid_request", $"acr_values is one authentication context class of at most {AcrLengthMax} visible characters, and goes with a subject.");
        }

        string[] asked = form["scope"].ToString().Split(' ', StringSplitOptions.RemoveEmptyEntries);
        string[] given = asked.Length == 0 ? client.Scopes : [.. asked.Distinct(StringComparer.Ordinal)];
        return given.Except(client.Scopes, StringComparer.Ordinal).Any()
            ? OAuthError.Of("invalid_scope", "The client may not have a scope that it asks for.")
            : Results.Json(new
            {
                access_token = mint.Mint(client.Id, given, lifetime, subject, acr),
                token_type = "Bearer",
                expires_in = (long)lifetime.TotalSeconds,
                scope = string.Join(' ', given),
            });
    }
}
