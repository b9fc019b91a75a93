using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace AccessGov.BreakGlass.Tests;

/// <summary>What PolicyDecision answers when it is asked; the end-to-end tests ask the real one.</summary>
internal sealed class PolicyDecisionStandIn : HttpMessageHandler
{
    /// <summary>The refusal that everybody gets; null when everybody may take the role for four hours.</summary>
    public (int Status, string Type, string Sentence)? Refusal { get; set; }

    /// <summary>How it fails; null when it does not.</summary>
    public Exception? Failure { get; set; }

    public List<JsonElement> Asked { get; } = [];

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        JsonElement question = await request.Content!.ReadFromJsonAsync<JsonElement>(cancellationToken);
        lock (Asked)
        {
            Asked.Add(question);
        }

        if (Failure is { } failure)
        {
            throw failure;
        }

        return Refusal is { } refusal
            ? new HttpResponseMessage((HttpStatusCode)refusal.Status) { Content = JsonContent.Create(new { type = refusal.Type, detail = refusal.Sentence }) }
            : new HttpResponseMessage(HttpStatusCode.OK)
            {
                Content = JsonContent.Create(new
                {
                    role = "emergency-reader", hoursMax = 4, patient = Named(question, "patient") ?? "p-of-study", study = Named(question, "study"),
                    invokerRole = "emergency-physician",
                }),
            };
    }

    private static string? Named(JsonElement question, string name) =>
        question.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
