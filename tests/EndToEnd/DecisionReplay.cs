using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using AccessGov.Testing;

namespace AccessGov.EndToEnd;

/// <summary>
/// Asks every decision that a service has recorded once more, under the policies that are in force and with the facts as they were when it was recorded:
/// the impact of a draft that changes nothing.
/// </summary>
internal sealed class DecisionReplay : IDisposable
{
    private const string Client = "policy-desk";

    /// <summary>Who writes policies in the demo hospital.</summary>
    private const string Author = "sven";

    private readonly HttpClient http;

    private DecisionReplay(Uri service, string token)
    {
        http = new HttpClient { BaseAddress = service };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
    }

    /// <summary>Replays all of it, as soon as the journal has what the demo asked, and demands that no answer differs from the recorded one.</summary>
    /// <param name="configurationFile">What deploy/up writes about the service and its clients.</param>
    /// <param name="policySet">The set in force.</param>
    /// <param name="decisionsMin">How many decisions the policies have made at least.</param>
    public static async Task ShouldEqualTheRecordAsync(string configurationFile, string policySet, int decisionsMin)
    {
        JsonElement configuration = JsonDocument.Parse(await File.ReadAllTextAsync(configurationFile)).RootElement;
        var service = new Uri(configuration.GetProperty("policyDecision").GetProperty("url").GetString()!);
        using var replay = new DecisionReplay(service, await TokenAsync(configurationFile));
        string draft = await replay.DraftOfWhatIsInForceAsync(policySet);
        JsonElement report = default;
        await Eventually.HoldsAsync(
            async () => (report = await replay.ImpactAsync(draft)).GetProperty("decisions").GetInt64() >= decisionsMin, $"the journal has {decisionsMin} decisions to ask again");

        report.GetProperty("notReproduced").GetInt64().ShouldBe(0, $"{report}");
        report.GetProperty("unreadableBatches").GetInt64().ShouldBe(0, $"{report}");
        report.GetProperty("allowToDeny").GetInt64().ShouldBe(0, $"{report}");
        report.GetProperty("denyToAllow").GetInt64().ShouldBe(0, $"{report}");
    }

    public void Dispose() => http.Dispose();

    private static async Task<string> TokenAsync(string configurationFile)
    {
        await using var demo = new ChildProcess("dotnet",
        [
            ChildProcess.AssemblyOf("deploy/demo/DemoHospital", "DemoHospital"), "token", "--configuration", configurationFile, Client, Author, "policies.manage", "facts.read",
        ]);
        (await demo.ExitCodeAsync(TimeSpan.FromMinutes(3))).ShouldBe(0, demo.Output);
        return demo.Output.Trim();
    }

    private async Task<string> DraftOfWhatIsInForceAsync(string policySet)
    {
        int version = (await GetAsync($"/policy-sets/{policySet}")).GetProperty("version").GetInt32();
        JsonElement files = (await GetAsync($"/policy-sets/{policySet}/versions/{version}")).GetProperty("files");
        return (await PostAsync("/policy-drafts", new { policySet, files, comment = "Changes nothing" })).GetProperty("id").GetString()!;
    }

    private async Task<JsonElement> ImpactAsync(string draft)
    {
        string path = $"/policy-drafts/{draft}/impact";
        await PostAsync(path, new { from = "2000-01-01T00:00:00Z", to = "2100-01-01T00:00:00Z" });
        JsonElement answer = default;
        await Eventually.HoldsAsync(async () => (answer = await GetAsync(path)).GetProperty("state").GetString() != "running", "the replay is over");
        return answer.TryGetProperty("report", out JsonElement report) ? report : throw new InvalidOperationException($"{answer}");
    }

    private async Task<JsonElement> GetAsync(string path) => await AnswerAsync(await http.GetAsync(new Uri(path, UriKind.Relative)));

    private async Task<JsonElement> PostAsync(string path, object body) => await AnswerAsync(await http.PostAsJsonAsync(new Uri(path, UriKind.Relative), body));

    private static async Task<JsonElement> AnswerAsync(HttpResponseMessage answer)
    {
        using (answer)
        {
            string content = await answer.Content.ReadAsStringAsync();
            answer.IsSuccessStatusCode.ShouldBeTrue(content);
            return JsonDocument.Parse(content).RootElement;
        }
    }
}
