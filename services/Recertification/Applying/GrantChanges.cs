using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using AccessGov.Client;
using AccessGov.EventSourcing;
using AccessGov.Recertification.Reviews;
using AccessGov.ServiceDefaults;

namespace AccessGov.Recertification.Applying;

/// <summary>Has PolicyDecision do what reviewers decided, and asks it afterwards whether it is so. Thread-safe.</summary>
internal sealed class GrantChanges(HttpClient http)
{
    private const string PositionHeader = "AccessGov-Position";

    /// <summary>How it ended.</summary>
    /// <param name="Refused">Why it was refused; null when it was done.</param>
    /// <param name="Position">From which position of the facts on it holds; 0 when that was not told.</param>
    /// <param name="Grant">The new grant; null when there is none.</param>
    public sealed record Result(Refusal? Refused, long Position = 0, string? Grant = null);

    /// <summary>Takes a grant back. What is taken back already stays so.</summary>
    /// <exception cref="HttpRequestException">PolicyDecision gives no answer, or has no facts now.</exception>
    public Task<Result> RevokeAsync(string grant, string reason, string key, CancellationToken cancellation) =>
        SendAsync($"/reviewed-grants/{Uri.EscapeDataString(grant)}/revoke", new { reason }, key, cancellation);

    /// <summary>Gives what replaces a grant, and takes the grant back; a refusal changes nothing.</summary>
    /// <exception cref="HttpRequestException">PolicyDecision gives no answer, or has no facts now.</exception>
    public Task<Result> ReplaceAsync(string grant, ReviewItemDecided decision, string reason, string key, CancellationToken cancellation) => SendAsync(
        $"/reviewed-grants/{Uri.EscapeDataString(grant)}/replace",
        new { reason, role = decision.Role, readOnly = decision.ReadOnly, until = decision.Until }, key, cancellation);

    /// <summary>Gives back what a review took, and takes its replacement back.</summary>
    /// <exception cref="HttpRequestException">PolicyDecision gives no answer, or has no facts now.</exception>
    public Task<Result> RestoreAsync(
        string grant, string? replacement, string revokedFor, string reason, string key, CancellationToken cancellation) => SendAsync(
        $"/reviewed-grants/{Uri.EscapeDataString(grant)}/restore", new { reason, revokedFor, replacement }, key, cancellation);

    /// <summary>
    /// What PolicyDecision answers to a question that the grant alone would let through; null when it knows none, so that no answer shows
    /// anything.
    /// </summary>
    /// <exception cref="HttpRequestException">PolicyDecision gives no answer, or one that is no judgement of policies.</exception>
    public async Task<ProbeDecision?> ProbeAsync(string grant, long position, CancellationToken cancellation)
    {
        using HttpResponseMessage found = await http.GetAsync($"/reviewed-grants/{Uri.EscapeDataString(grant)}/probe?atPosition={position}", cancellation);
        found.EnsureSuccessStatusCode();
        JsonNode? question = (await found.Content.ReadFromJsonAsync<JsonObject>(cancellation))!["question"];
        if (question is null)
        {
            return null;
        }

        question["context"]!["atPosition"] = position;
        using HttpResponseMessage response = await http.PostAsJsonAsync("/access/v1/evaluation", question, cancellation);
        response.EnsureSuccessStatusCode();
        JsonObject answer = (await response.Content.ReadFromJsonAsync<JsonObject>(cancellation))!;
        bool permitted = answer["decision"]!.GetValue<bool>();
        string? reason = answer["context"]?["reason"]?.GetValue<string>();
        return permitted || reason is "not_permitted" or "forbidden"
            ? new ProbeDecision(
                question["action"]!["name"]!.GetValue<string>(), question["resource"]!["type"]!.GetValue<string>(), permitted,
                answer["context"]?["evaluation_id"]?.GetValue<string>(), position)
            : throw new HttpRequestException($"The probe was denied for {reason}, which shows nothing.");
    }

    private async Task<Result> SendAsync(string path, object body, string key, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(body, options: StrictJson.Options) };
        request.Headers.Add("Idempotency-Key", key);
        using HttpResponseMessage response = await http.SendAsync(request, cancellation);
        if ((int)response.StatusCode is >= 400 and < 500
            && await AnsweredProblem.ReadAsync(response, cancellation) is { Code: { } code, Detail: var sentence })
        {
            return new Result(new Refusal(code, sentence ?? ""));
        }

        response.EnsureSuccessStatusCode();
        long position = response.Headers.TryGetValues(PositionHeader, out IEnumerable<string>? told)
            && long.TryParse(told.First(), CultureInfo.InvariantCulture, out long at) ? at : 0;
        string? grant = response.StatusCode == System.Net.HttpStatusCode.Created
            ? (await response.Content.ReadFromJsonAsync<JsonElement>(cancellation)).GetProperty("id").GetString()
            : null;
        return new Result(null, position, grant);
    }
}
