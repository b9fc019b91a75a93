using System.Text.Json.Nodes;

namespace AccessGov.Recertification.Tests;

/// <summary>What a refusal looks like from outside.</summary>
internal static class Refusal
{
    public static async Task ShouldBeAsync(HttpResponseMessage answer, int status, string code)
    {
        string text = await answer.Content.ReadAsStringAsync();
        ((int)answer.StatusCode).ShouldBe(status, text);
        answer.Content.Headers.ContentType?.MediaType.ShouldBe("application/problem+json");
        JsonNode problem = JsonNode.Parse(text)!;
        problem["type"]!.GetValue<string>().ShouldBe($"urn:accessgov:recertification:{code}");
        problem["detail"]!.GetValue<string>().ShouldNotBeEmpty();
    }
}
