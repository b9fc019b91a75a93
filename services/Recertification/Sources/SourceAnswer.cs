using System.Net.Http.Json;
using System.Text.Json;
using AccessGov.ServiceDefaults;

namespace AccessGov.Recertification.Sources;

/// <summary>A service that must be asked gives no answer that can be used.</summary>
internal sealed class SourceUnavailableException(string message, Exception? cause = null) : Exception(message, cause);

/// <summary>What another service answers to a question.</summary>
internal static class SourceAnswer
{
    /// <exception cref="SourceUnavailableException">It does not answer, or not what was asked.</exception>
    public static async Task<T> GetAsync<T>(HttpClient http, string service, string path, CancellationToken cancellation)
        where T : class
    {
        try
        {
            using HttpResponseMessage response = await http.GetAsync(path, HttpCompletionOption.ResponseHeadersRead, cancellation);
            return !response.IsSuccessStatusCode
                ? throw new SourceUnavailableException($"{service} answered {(int)response.StatusCode} to {path.Split('?')[0]}.")
                : await response.Content.ReadFromJsonAsync<T>(StrictJson.Options, cancellation)
                    ?? throw new SourceUnavailableException($"{service} answered nothing to {path.Split('?')[0]}.");
        }
        catch (Exception e) when (e is HttpRequestException or IOException or JsonException
            || (e is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            throw new SourceUnavailableException($"{service} cannot be asked: {e.Message}", e);
        }
    }

    /// <summary>The address of a page.</summary>
    public static string PagePath(string path, int limit, string? after) =>
        $"{path}?limit={limit}{(after is null ? "" : $"&after={Uri.EscapeDataString(after)}")}";
}
