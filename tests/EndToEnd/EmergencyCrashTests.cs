using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using AccessGov.Testing;

namespace AccessGov.EndToEnd;

/// <summary>
/// BreakGlass is killed (SIGKILL) at random points while people take, end and judge emergency access. So many rounds as
/// ACCESSGOV_EMERGENCY_CRASH_ROUNDS says: 10 in every run of the tests, 100 in the nightly one (deploy/nightly).
/// </summary>
public sealed class EmergencyCrashTests
{
    private static readonly int Rounds = int.Parse(
        Environment.GetEnvironmentVariable("ACCESSGOV_EMERGENCY_CRASH_ROUNDS") ?? "10", CultureInfo.InvariantCulture);

    /// <summary>The program that everybody signs in to.</summary>
    private const string Desk = "desk";

    private readonly ConcurrentQueue<string> taken = new();
    private readonly ConcurrentQueue<string> judged = new();

    [Fact]
    [Trait("Requirement", "S31, S34, S35")]
    public async Task What_was_acknowledged_is_there_once_told_once_and_over_once_whenever_it_was_killed()
    {
        await using var receiver = new WebhookReceiver();
        await receiver.StartAsync();
        await using var services = new AccessGovProcesses();
        await services.StartAsync(new Uri("http://127.0.0.1:7000"), EmergencyHospital.Settings);
        await using var breakGlass = new BreakGlassProcess();
        await breakGlass.StartAsync(
            services, new Dictionary<string, string>(EmergencyHospital.AlertsTo(receiver), StringComparer.Ordinal) { ["BreakGlass__Duration"] = "00:01:00" });
        await EmergencyHospital.PrepareAsync(services);
        await services.EnrolAsync(app: false, "ada", "eva");
        await services.SendAsync(HttpMethod.Put, new Uri(services.IdentityFederation, $"clients/{Desk}").AbsoluteUri, new
        {
            name = "A desk", scopes = (string[])["emergency-access.invoke", "emergency-access.review"], authentication = "none",
            redirectUris = (string[])["http://127.0.0.1/callback"], tokenMinutes = 60,
        });
        string ada = await EmergencyHospital.IdOfAsync(services, "ada");
        await EmergencyHospital.GrantWardAsync(services, ada);
        using HttpClient clinician = await ClientAsync(services, breakGlass, "ada", "emergency-access.invoke");
        using HttpClient reviewer = await ClientAsync(services, breakGlass, "eva", "emergency-access.review");

        using var over = new CancellationTokenSource();
        Task working = Task.WhenAll(Enumerable.Range(0, 3).Select(line => WorkAsync(line, clinician, reviewer, over.Token)));
        var random = new Random(4711);
        for (int round = 0; round < Rounds; round++)
        {
            int before = taken.Count;
            await Eventually.HoldsAsync(() => taken.Count > before || working.IsFaulted, $"somebody takes access in round {round}");
            await Task.Delay(random.Next(0, 400));
            await breakGlass.KillAndStartAsync();
        }

        await over.CancelAsync();
        await working;
        string[] ids = [.. taken];
        ids.Length.ShouldBeGreaterThanOrEqualTo(Rounds);
        ids.ShouldBeUnique();
        await Eventually.HoldsAsync(
            async () => (await EmergencyHospital.CasesAsync(breakGlass)).Count(item => item["endedAt"] is not null) == ids.Length,
            "all are over", 3 * Eventually.Bound);

        // Each patient's emergency is one case, also where the first answer was lost and it was asked for again.
        (await EmergencyHospital.CasesAsync(breakGlass)).Select(item => item["id"]!.GetValue<string>()).ShouldBe(ids, ignoreOrder: true);
        (await GrantsAsync(services, ada)).ShouldBe(ids, ignoreOrder: true);
        foreach (string id in ids)
        {
            await ToldAsync(breakGlass, receiver, id, judged.Contains(id));
        }
    }

    /// <summary>Takes emergency access for one patient after the other; ends and judges every second one.</summary>
    private async Task WorkAsync(int line, HttpClient clinician, HttpClient reviewer, CancellationToken over)
    {
        for (int i = 0; !over.IsCancellationRequested; i++)
        {
            string key = $"{line}-{i}";
            JsonNode? answer = await UntilTakenAsync(
                clinician, "emergency-access", $"take-{key}",
                new { reasonCode = "ETREAT", reason = "Unconscious", patient = $"MRN-{key}" });
            string id = answer!["id"]!.GetValue<string>();
            taken.Enqueue(id);
            if (i % 2 == 0)
            {
                await UntilTakenAsync(clinician, $"emergency-access/{id}/end", $"end-{key}", null);
                await UntilTakenAsync(
                    reviewer, $"emergency-cases/{id}/review", $"judge-{key}",
                    new { verdict = "unjustified", findings = "Nobody was there." });
                judged.Enqueue(id);
            }
        }
    }

    /// <summary>Sends a command until it is acknowledged, with one key: whoever hears nothing asks again.</summary>
    private static async Task<JsonNode?> UntilTakenAsync(HttpClient client, string path, string key, object? body)
    {
        for (DateTimeOffset bound = DateTimeOffset.UtcNow + (2 * Eventually.Bound); ; await Task.Delay(50))
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, path)
            {
                Headers = { { "Idempotency-Key", key } }, Content = body is null ? null : JsonContent.Create(body, body.GetType()),
            };
            try
            {
                using HttpResponseMessage answer = await client.SendAsync(request);
                string text = await answer.Content.ReadAsStringAsync();
                if (answer.IsSuccessStatusCode)
                {
                    return text.Length == 0 ? null : JsonNode.Parse(text);
                }

                answer.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable, $"{path}: {text}");
            }
            catch (HttpRequestException) when (DateTimeOffset.UtcNow < bound)
            {
                // It is down.
            }
        }
    }

    /// <summary>Its history has each step once, and each alert reached the receiver with one id, however often.</summary>
    private static async Task ToldAsync(BreakGlassProcess breakGlass, WebhookReceiver receiver, string id, bool judged)
    {
        (string Kind, string Audience)[] alerts =
        [
            ("invoked", "security"), ("invoked", "compliance"),
            .. judged ? [("unjustified", "security"), ("unjustified", "compliance")] : Array.Empty<(string, string)>(),
        ];
        JsonNode[] history = [];
        await Eventually.HoldsAsync(
            async () => (history = [.. (await breakGlass.GetAsync($"emergency-cases/{id}"))["history"]!.AsArray().Select(step => step!)])
                .Count(step => NameOf(step) == "emergency_alert_delivered") >= alerts.Length,
            $"all are told of {id}");
        history.Select(NameOf).Where(name => name is not ("emergency_alert_delivered" or "emergency_alert_failed")).ShouldBe(
            judged
                ? ["emergency_access_invoked", "emergency_access_ended", "emergency_access_reviewed"]
                : ["emergency_access_invoked", "emergency_access_ended"],
            id);
        history.Single(step => NameOf(step) == "emergency_access_ended")["data"]!["cause"]!.GetValue<string>()
            .ShouldBe(judged ? "clinician" : "expired");
        history.Where(step => NameOf(step) == "emergency_alert_delivered")
            .Select(step => (step["data"]!["kind"]!.GetValue<string>(), step["data"]!["audience"]!.GetValue<string>()))
            .ShouldBe(alerts, ignoreOrder: true);
        EmergencyHospital.ToldOf(receiver, id).ShouldBe(alerts, ignoreOrder: true, id);
    }

    private static string NameOf(JsonNode step) => step["name"]!.GetValue<string>();

    private static async Task<string[]> GrantsAsync(AccessGovProcesses services, string person)
    {
        List<string> ids = [];
        for (string? after = ""; after is not null;)
        {
            string next = after.Length == 0 ? "" : $"&after={after}";
            JsonNode page = (await services.SendAsync(
                HttpMethod.Get, $"grants?subject={person}&role=emergency-reader&limit=1000{next}"))!;
            ids.AddRange(page["grants"]!.AsArray().Select(grant => grant!["id"]!.GetValue<string>()));
            after = page["next"]?.GetValue<string>();
        }

        return [.. ids];
    }

    private static async Task<HttpClient> ClientAsync(
        AccessGovProcesses services, BreakGlassProcess breakGlass, string person, string scope)
    {
        string token = await services.TokenAsync(Desk, person, scope);
        return new HttpClient
        {
            BaseAddress = breakGlass.Address, DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", token) },
        };
    }
}
