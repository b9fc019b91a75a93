using System.Text.Json.Nodes;

namespace AccessGov.PolicyDecision.Tests;

/// <summary>Answers that a test needs to be good before it goes on.</summary>
internal static class Answers
{
    /// <summary>What was answered; an empty object where that is nothing.</summary>
    public static async Task<JsonNode> DoneAsync(Task<HttpResponseMessage> sending)
    {
        using HttpResponseMessage answer = await sending;
        string text = await answer.Content.ReadAsStringAsync();
        answer.IsSuccessStatusCode.ShouldBeTrue(text);
        return text.Length > 0 ? JsonNode.Parse(text)! : new JsonObject();
    }
}
