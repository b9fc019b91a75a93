using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace AccessGov.ServiceDefaults;

/// <summary>The clients of the development token issuer: reads their forms and recognises them by their secret (RFC 6749, 2.3.1).</summary>
internal sealed class DevelopmentClients(IReadOnlyDictionary<string, DevelopmentClient> clients)
{
    /// <summary>Answers a client's request, or says what is wrong with it as RFC 6749, 5.2 words it.</summary>
    public async Task<IResult> AnswerAsync(HttpContext context, Func<DevelopmentClient, IFormCollection, ValueTask<IResult>> answer)
    {
        if (!context.Request.HasFormContentType)
        {
            return OAuthError.Of("invalid_request", "Send the request as application/x-www-form-urlencoded.");
        }

        IFormCollection form = await context.Request.ReadFormAsync(context.RequestAborted);
        if (form.Any(field => field.Value.Count > 1))
        {
            return OAuthError.Of("invalid_request", "A parameter is repeated.");
        }

        StringValues authorization = context.Request.Headers.Authorization;
        if (authorization.Count > 0 && form.ContainsKey("client_secret"))
        {
            return OAuthError.Of("invalid_request", "Send the client's secret in one way, not in two.");
        }

        if (Authenticate(authorization.ToString(), form) is { } client)
        {
            return await answer(client, form);
        }

        context.Response.Headers.WWWAuthenticate = "Basic realm=\"accessgov\"";
        return OAuthError.Of("invalid_client", "The client is not known or its secret is wrong.", StatusCodes.Status401Unauthorized);
    }

    private DevelopmentClient? Authenticate(string authorization, IFormCollection form)
    {
        (string id, string secret) = authorization.StartsWith("Basic ", StringComparison.OrdinalIgnoreCase)
            ? FromBasic(authorization["Basic ".Length..].Trim())
            : authorization.Length > 0 ? ("", "") : (form["client_id"].ToString(), form["client_secret"].ToString());
        byte[] shown = SHA256.HashData(Encoding.UTF8.GetBytes(secret));
        return clients.TryGetValue(id, out DevelopmentClient? client)
            && CryptographicOperations.FixedTimeEquals(shown, Convert.FromHexString(client.SecretSha256)) ? client : null;
    }

    /// <summary>Both parts are form-encoded before they are joined.</summary>
    private static (string Id, string Secret) FromBasic(string encoded)
    {
        byte[] decoded = new byte[encoded.Length];
        if (!Convert.TryFromBase64String(encoded, decoded, out int length))
        {
            return ("", "");
        }

        string[] parts = Encoding.UTF8.GetString(decoded, 0, length).Split(':', 2);
        return parts.Length == 2 ? (Decoded(parts[0]), Decoded(parts[1])) : ("", "");
    }

    private static string Decoded(string part) => Uri.UnescapeDataString(part.Replace('+', ' '));
}

/// <summary>RFC 6749, 5.2.</summary>
internal static class OAuthError
{
    public static IResult Of(string error, string sentence, int status = StatusCodes.Status400BadRequest) =>
        Results.Json(new { error, error_description = sentence }, statusCode: status);
}
