using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;

namespace AccessGov.DemoHospital;

/// <summary>A service's HTTP API, with an access token of the client credentials grant (RFC 6749, 4.4).</summary>
internal sealed class AccessGovApi : IDisposable
{
    private readonly HttpClient http;

    private AccessGovApi(HttpClient http) => this.http = http;

    /// <summary>The decision service, for whoever loads and asks.</summary>
    public static Task<AccessGovApi> ConnectAsync(Configuration configuration) => ConnectAsync(configuration, configuration.Url, Configuration.Demo);

    /// <param name="configuration">Where tokens come from, and secrets.</param>
    /// <param name="service">The root of the service.</param>
    /// <param name="clientId">As whom.</param>
    public static async Task<AccessGovApi> ConnectAsync(Configuration configuration, Uri service, string clientId)
    {
        if (!configuration.Secrets.TryGetValue(clientId, out string? secret))
        {
            throw new DemoException($"The configuration has no secret of the client {clientId}.");
        }

        var client = new HttpClient { BaseAddress = service, Timeout = TimeSpan.FromSeconds(100) };
        using var form = new FormUrlEncodedContent(new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["grant_type"] = "client_credentials",
            ["client_id"] = clientId,
            ["client_secret"] = secret,
        });
        try
        {
            using HttpResponseMessage response = await client.PostAsync(configuration.TokenUrl, form);
            JsonElement token = await ReadAsync(response, $"POST {configuration.TokenUrl}");
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token.GetProperty("access_token").GetString());
        }
        catch (HttpRequestException problem)
        {
            client.Dispose();
            throw new DemoException($"{configuration.TokenUrl} does not answer ({problem.Message}). Start the services with deploy/up first.");
        }

        return new AccessGovApi(client);
    }

    public Task<JsonElement> PutAsync(string path, object body) => SendAsync(HttpMethod.Put, path, body);

    public Task<JsonElement> PostAsync(string path, object body, string? idempotencyKey = null) => SendAsync(HttpMethod.Post, path, body, idempotencyKey);

    /// <summary>Answers null where there is nothing (404).</summary>
    public async Task<JsonElement?> FindAsync(string path)
    {
        using HttpResponseMessage response = await http.GetAsync(new Uri(path, UriKind.Relative));
        return response.StatusCode == HttpStatusCode.NotFound ? null : await ReadAsync(response, $"GET {path}");
    }

    public void Dispose() => http.Dispose();

    private async Task<JsonElement> SendAsync(HttpMethod method, string path, object body, string? idempotencyKey = null)
    {
        using var request = new HttpRequestMessage(method, path) { Content = JsonContent.Create(body, options: Json.Options) };
        await request.Content.LoadIntoBufferAsync();
        if (idempotencyKey is not null)
        {
            request.Headers.Add("Idempotency-Key", idempotencyKey);
        }

        using HttpResponseMessage response = await http.SendAsync(request);
        return await ReadAsync(response, $"{method} {path}");
    }

    private static async Task<JsonElement> ReadAsync(HttpResponseMessage response, string what)
    {
        string body = await response.Content.ReadAsStringAsync();
        return !response.IsSuccessStatusCode ? throw new DemoException($"{what} answered {(int)response.StatusCode}: {body}")
            : body.Length == 0 ? default
            : JsonSerializer.Deserialize<JsonElement>(body);
    }
}
