using System.Text.Json.Serialization;
using AccessGov.Console.PolicyDecision;
using Microsoft.Extensions.Options;

namespace AccessGov.Console.Pages.SignIn;

/// <summary>Tokens of PolicyDecision's development issuer, which believes every name.</summary>
internal sealed class DevelopmentTokens(HttpClient http, IOptions<ConsoleOptions> options)
{
    public sealed record Token([property: JsonPropertyName("access_token")] string AccessToken, [property: JsonPropertyName("expires_in")] long ExpiresInSeconds);

    /// <summary>REFEDS multi-factor: the authentication context class that policies ask for where a second factor is due.</summary>
    private const string SecondFactor = "https://refeds.org/profile/mfa";

    public Task<Answer<Token>> GetAsync(string person, bool secondFactor, CancellationToken cancellation) => SendAsync<Token>(
        "development/token", cancellation, [("grant_type", "client_credentials"), ("subject", person), .. secondFactor ? [("acr_values", SecondFactor)] : Array.Empty<(string, string)>()]);

    public Task<Answer<Done>> RevokeAsync(string token, CancellationToken cancellation) => SendAsync<Done>("development/revoke", cancellation, ("token", token));

    public async Task<bool> IsReachableAsync(CancellationToken cancellation) => (await http.AskAsync<Done>("health/live", cancellation)).Given;

    private Task<Answer<T>> SendAsync<T>(string path, CancellationToken cancellation, params (string Name, string Value)[] fields)
        where T : class
    {
        IEnumerable<(string Name, string Value)> all = [.. fields, ("client_id", options.Value.ClientId), ("client_secret", options.Value.ClientSecret)];
        return http.SubmitAsync<T>(path, all.Select(field => KeyValuePair.Create(field.Name, field.Value)), cancellation);
    }
}
