using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using AccessGov.Console.Services;
using Microsoft.Extensions.Options;

namespace AccessGov.Console.Pages.Health;

/// <summary>
/// What the services say about themselves. Health is told to everybody, so no token goes along: one that cannot be had hides nothing.
/// </summary>
internal sealed class ServiceHealth(IHttpClientFactory clients, IOptions<ConsoleOptions> console, TimeProvider clock)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true,
    };

    /// <summary>What a service says, or why it says nothing.</summary>
    public sealed record Told(AskedService Service, DateTimeOffset AskedAt, Report? Report, Refusal? Silence);

    public sealed record Report(string Status, IReadOnlyDictionary<string, Check> Checks);

    /// <param name="Status">healthy, degraded or unhealthy.</param>
    /// <param name="Data">Figures, by names of the service's own.</param>
    /// <param name="Description">A sentence; null where the status says it all.</param>
    public sealed record Check(string Status, IReadOnlyDictionary<string, JsonElement> Data, string? Description = null);

    public Task<Told[]> AskAsync(CancellationToken cancellation) =>
        Task.WhenAll(AskedService.Of(console.Value).Select(service => AskAsync(service, cancellation)));

    public async Task<Told> AskAsync(AskedService service, CancellationToken cancellation)
    {
        using HttpClient http = clients.CreateClient(service.HealthClient);
        try
        {
            // A service that is not ready says why, with 503.
            Answer<JsonObject> answer = await http.AskAsync<JsonObject>("health/ready", cancellation, static response =>
                response.IsSuccessStatusCode || (response.StatusCode == HttpStatusCode.ServiceUnavailable
                    && response.Content.Headers.ContentType?.MediaType == "application/json"));
            return new Told(service, clock.GetUtcNow(), answer.Value.Deserialize<Report>(Json), answer.Refusal);
        }
        catch (JsonException)
        {
            return new Told(service, clock.GetUtcNow(), null, service.NotUnderstood);
        }
    }
}
