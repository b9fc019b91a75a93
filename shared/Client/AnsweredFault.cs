using System.Net.Http.Json;
using System.Text.Json;
using AccessGov.EmergencyCapabilities;

namespace AccessGov.Client;

/// <summary>Reads why something was not given.</summary>
internal static class AnsweredFault
{
    /// <summary>What problem details (RFC 9457) say; the status where there are none.</summary>
    public static async Task<CapabilityFault> OfAsync(HttpResponseMessage response, CancellationToken cancellation)
    {
        string status = $"answered_{(int)response.StatusCode}";
        if (response.Content.Headers.ContentType?.MediaType is not "application/problem+json")
        {
            return new CapabilityFault(status, "It was not answered as it should be: try again, or call the radiology desk.");
        }

        JsonElement problem = await response.Content.ReadFromJsonAsync<JsonElement>(cancellation);
        string type = problem.TryGetProperty("type", out JsonElement named) ? named.GetString() ?? status : status;
        string detail = problem.TryGetProperty("detail", out JsonElement said) ? said.GetString() ?? "" : "";
        return new CapabilityFault(type[(type.LastIndexOf(':') + 1)..], detail);
    }
}
