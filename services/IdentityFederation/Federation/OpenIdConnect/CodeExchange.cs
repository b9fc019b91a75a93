using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;

namespace AccessGov.IdentityFederation.Federation.OpenIdConnect;

/// <summary>
/// Takes a code to the provider's token endpoint, shows who the service is, and comes back with an ID token. No other token is kept.
/// </summary>
internal sealed class CodeExchange(ProviderHttp http, TimeProvider clock)
{
    private const string AssertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

    /// <param name="IdToken">What the provider says of the person, signed; null when it refuses the code.</param>
    /// <param name="AccessToken">What the user info endpoint is asked with.</param>
    /// <param name="Fault">What the provider says against it.</param>
    public sealed record Answer(string? IdToken, string? AccessToken, string? Fault);

    /// <exception cref="ProviderUnavailableException">The provider does not answer.</exception>
    /// <exception cref="OwnSecretUnreadableException">What the service shows it cannot be read.</exception>
    public Task<Answer> RedeemAsync(
        OpenIdConnectSettings settings, OpenIdConnectConfiguration configuration, string code, string redirectUri, string verifier,
        CancellationToken cancellation) =>
        http.AskAsync(settings, async (client, ending) =>
        {
            var form = new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["grant_type"] = "authorization_code", ["code"] = code, ["redirect_uri"] = redirectUri, ["code_verifier"] = verifier,
            };
            using var request = new HttpRequestMessage(HttpMethod.Post, configuration.TokenEndpoint);
            Authenticate(settings, configuration, request, form);
            request.Content = new FormUrlEncodedContent(form);
            using HttpResponseMessage response = await client.SendAsync(request, ending);
            if ((int)response.StatusCode is >= 500 or (>= 300 and < 400))
            {
                throw new HttpRequestException("The token endpoint fails.", null, response.StatusCode);
            }

            using var answer = JsonDocument.Parse(await response.Content.ReadAsStringAsync(ending));
            return response.IsSuccessStatusCode && TextOf(answer, "id_token") is { } token
                ? new Answer(token, TextOf(answer, "access_token"), null)
                : new Answer(null, null, response.IsSuccessStatusCode ? "no ID token" : ErrorOf(answer));
        }, cancellation);

    /// <summary>The claims of the user info endpoint; null when they are somebody else's, or are refused.</summary>
    /// <exception cref="ProviderUnavailableException">The provider does not answer.</exception>
    public Task<IReadOnlyList<KeyValuePair<string, string>>?> AskUserInfoAsync(
        OpenIdConnectSettings settings, OpenIdConnectConfiguration configuration, string accessToken, string subject,
        CancellationToken cancellation) =>
        http.AskAsync(settings, async (client, ending) =>
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, configuration.UserInfoEndpoint);
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", accessToken);
            request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
            using HttpResponseMessage response = await client.SendAsync(request, ending);
            if (!response.IsSuccessStatusCode)
            {
                return null;
            }

            using var answer = JsonDocument.Parse(await response.Content.ReadAsStringAsync(ending));
            return TextOf(answer, "sub") == subject ? ClaimsOfJson.Of(answer.RootElement) : null;
        }, cancellation);

    private void Authenticate(
        OpenIdConnectSettings settings, OpenIdConnectConfiguration configuration, HttpRequestMessage request,
        Dictionary<string, string> form)
    {
        if (!string.IsNullOrEmpty(settings.ClientKeyFile))
        {
            using ClientKey key = OwnSecretUnreadableException.Read(() => ClientKey.Read(settings));
            form["client_id"] = settings.ClientId;
            form["client_assertion_type"] = AssertionType;
            form["client_assertion"] = key.Assertion(settings.ClientId, configuration.TokenEndpoint, clock.GetUtcNow());
            return;
        }

        string secret = OwnSecretUnreadableException.Read(settings.ReadSecret);
        ICollection<string> known = configuration.TokenEndpointAuthMethodsSupported;
        if (known.Count == 0 || known.Contains("client_secret_basic"))
        {
            request.Headers.Authorization = new AuthenticationHeaderValue(
                "Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{Encoded(settings.ClientId)}:{Encoded(secret)}")));
            return;
        }

        form["client_id"] = settings.ClientId;
        form["client_secret"] = secret;
    }

    // As RFC 6749, 2.3.1 wants it.
    private static string Encoded(string text) => Uri.EscapeDataString(text).Replace("%20", "+", StringComparison.Ordinal);

    private static string? TextOf(JsonDocument answer, string name) =>
        answer.RootElement.ValueKind == JsonValueKind.Object && answer.RootElement.TryGetProperty(name, out JsonElement value)
            && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    // A word of the standard, and nothing else, goes into a log.
    private static string ErrorOf(JsonDocument answer) =>
        TextOf(answer, "error") is { Length: > 0 and <= 60 } error && error.All(letter => char.IsAsciiLetterLower(letter) || letter == '_')
            ? error : "refused";
}

/// <summary>What the service shows an identity provider cannot be read: it is our fault, and not the provider's.</summary>
internal sealed class OwnSecretUnreadableException(string reason, Exception cause) : Exception(reason, cause)
{
    /// <summary>What goes wrong with a file that is not there, is empty, or holds something else.</summary>
    public static bool Is(Exception e) =>
        e is IOException or UnauthorizedAccessException or InvalidDataException or CryptographicException or ArgumentException;

    public static T Read<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception e) when (Is(e))
        {
            throw new OwnSecretUnreadableException(e.Message, e);
        }
    }
}
