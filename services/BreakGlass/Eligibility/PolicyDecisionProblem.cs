using System.Net.Http.Json;
using System.Text.Json;
using AccessGov.EventSourcing;

namespace AccessGov.BreakGlass.Eligibility;

/// <summary>What PolicyDecision refuses, as its problem details say it.</summary>
internal static class PolicyDecisionProblem
{
    private const string Own = "urn:accessgov:policy-decision:";

    /// <summary>What it says of the token that it was asked with, and not of what was asked.</summary>
    private static readonly string[] OfTheToken = ["unauthenticated", "invalid_token", "insufficient_scope"];

    /// <summary>
    /// Its own refusal, which is for whoever asked; null where it is none: that we may not ask, that it is not well, or that something
    /// else answers.
    /// </summary>
    public static async Task<Refusal?> ReadAsync(HttpResponseMessage response, CancellationToken cancellation)
    {
        if ((int)response.StatusCode is < 400 or >= 500
            || response.Content.Headers.ContentType?.MediaType is not ("application/problem+json" or "application/json"))
        {
            return null;
        }

        JsonElement problem = await response.Content.ReadFromJsonAsync<JsonElement>(cancellation);
        return TextOf(problem, "type") is { } type && type.StartsWith(Own, StringComparison.Ordinal)
            && type[Own.Length..] is var code && !OfTheToken.Contains(code, StringComparer.Ordinal)
                && TextOf(problem, "detail") is { } detail
                ? new Refusal(code, detail)
                : null;
    }

    private static string? TextOf(JsonElement problem, string name) =>
        problem.ValueKind == JsonValueKind.Object && problem.TryGetProperty(name, out JsonElement value)
            && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
