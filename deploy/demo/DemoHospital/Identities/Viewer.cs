using System.Buffers.Text;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace AccessGov.DemoHospital.Identities;

/// <summary>What a viewer on a person's device does: sends them to sign in, and gets a token for the code with which they come back (RFC 8252, RFC 7636).</summary>
internal static class Viewer
{
    // Nobody listens there: the code is read from the address.
    private const string RedirectUri = "http://127.0.0.1/callback";

    /// <param name="configuration">Where to sign in.</param>
    /// <param name="client">A public client.</param>
    /// <param name="person">What they sign in with.</param>
    /// <param name="scopes">What the token is to be good for.</param>
    public static async Task<string> TokenAsync(Configuration configuration, string client, Credentials person, IReadOnlyList<string> scopes)
    {
        string verifier = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        string challenge = Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(verifier)));
        using var browser = new Browser(configuration.IdentityUrl);
        Uri back = await browser.SignInAsync(
            $"oauth/authorize?response_type=code&client_id={client}&redirect_uri={Uri.EscapeDataString(RedirectUri)}"
            + $"&scope={Uri.EscapeDataString(string.Join(' ', scopes))}&state=demo&code_challenge_method=S256&code_challenge={challenge}", person)
            ?? throw new DemoException($"{person.UserName} is not sent back to {client} after signing in.");
        Dictionary<string, string> told = back.Query.TrimStart('?').Split('&').Select(part => part.Split('=', 2))
            .ToDictionary(pair => pair[0], pair => Uri.UnescapeDataString(pair[1].Replace('+', ' ')), StringComparer.Ordinal);
        if (!told.TryGetValue("code", out string? code))
        {
            throw new DemoException($"{client} gets no code for {person.UserName}: {told.GetValueOrDefault("error_description")}");
        }

        using var http = new HttpClient();
        using var form = new FormUrlEncodedContent(new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["grant_type"] = "authorization_code", ["client_id"] = client, ["code"] = code, ["redirect_uri"] = RedirectUri, ["code_verifier"] = verifier,
        });
        using HttpResponseMessage answer = await http.PostAsync(configuration.TokenUrl, form);
        JsonElement token = await answer.Content.ReadFromJsonAsync<JsonElement>();
        return answer.IsSuccessStatusCode ? token.GetProperty("access_token").GetString()! : throw new DemoException($"{client} gets no token: {token}");
    }
}
