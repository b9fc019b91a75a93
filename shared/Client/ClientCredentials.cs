using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Serialization;

namespace AccessGov.Client;

/// <summary>
/// Sends requests with an access token of the client credentials grant (RFC 6749, 4.4), which is fetched when it is needed and again half
/// a minute before it ends, or when the service does not take it. Thread-safe.
/// </summary>
/// <param name="settings">As whom, and where tokens come from.</param>
/// <param name="clock">Tells when a token has ended.</param>
public sealed class ClientCredentials(ClientCredentialsSettings settings, TimeProvider clock) : DelegatingHandler
{
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(30);
    private readonly SemaphoreSlim fetching = new(1, 1);
    private (string Token, DateTimeOffset Ends)? known;

    /// <inheritdoc/>
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        string token = await TokenAsync(unlike: null, cancellationToken);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        if (request.Content is { } content)
        {
            // It may have to be sent twice.
            await content.LoadIntoBufferAsync(cancellationToken);
        }

        HttpResponseMessage response = await base.SendAsync(request, cancellationToken);
        if (response.StatusCode != System.Net.HttpStatusCode.Unauthorized)
        {
            return response;
        }

        response.Dispose();
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", await TokenAsync(token, cancellationToken));
        return await base.SendAsync(request, cancellationToken);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            fetching.Dispose();
        }

        base.Dispose(disposing);
    }

    /// <summary>A token that is good still.</summary>
    /// <param name="unlike">The one that was not taken.</param>
    /// <param name="cancellation">Ends the wait.</param>
    private async Task<string> TokenAsync(string? unlike, CancellationToken cancellation)
    {
        await fetching.WaitAsync(cancellation);
        try
        {
            if (known is { } kept && kept.Token != unlike && clock.GetUtcNow() < kept.Ends)
            {
                return kept.Token;
            }

            using var request = new HttpRequestMessage(HttpMethod.Post, settings.TokenUrl)
            {
                Content = new FormUrlEncodedContent(new Dictionary<string, string>(StringComparer.Ordinal)
                {
                    ["grant_type"] = "client_credentials", ["client_id"] = settings.ClientId, ["client_secret"] = settings.ReadSecret(),
                }),
            };
            using HttpResponseMessage response = await base.SendAsync(request, cancellation);
            response.EnsureSuccessStatusCode();
            Answer answer = await response.Content.ReadFromJsonAsync<Answer>(cancellation)
                ?? throw new HttpRequestException("The token endpoint answered nothing.");
            known = (answer.AccessToken, clock.GetUtcNow() + TimeSpan.FromSeconds(answer.ExpiresIn) - Margin);
            return answer.AccessToken;
        }
        finally
        {
            fetching.Release();
        }
    }

    private sealed record Answer(
        [property: JsonPropertyName("access_token")] string AccessToken, [property: JsonPropertyName("expires_in")] int ExpiresIn);
}
