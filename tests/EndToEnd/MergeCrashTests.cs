using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Nodes;
using AccessGov.Client;
using AccessGov.EmergencyCapabilities;
using AccessGov.Testing;

namespace AccessGov.EndToEnd;

/// <summary>
/// The edge and BreakGlass are killed (SIGKILL) one after the other at random points while people take and end emergency access at the edge
/// and its journal is handed over. So many rounds as ACCESSGOV_EMERGENCY_CRASH_ROUNDS says: 10 in every run of the tests.
/// </summary>
public sealed class MergeCrashTests
{
    private const string Edge = "north";
    private static readonly int Rounds = int.Parse(
        Environment.GetEnvironmentVariable("ACCESSGOV_EMERGENCY_CRASH_ROUNDS") ?? "10", CultureInfo.InvariantCulture);

    // A capability is good for so many uses, and somebody has so many of them.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    private readonly ConcurrentDictionary<string, string> taken = new(StringComparer.Ordinal);

    [Fact]
    [Trait("Requirement", "S31, S71")]
    public async Task What_an_edge_gave_is_a_case_once_and_in_order_whoever_was_killed_while_it_was_handed_over()
    {
        await using var receiver = new WebhookReceiver();
        await receiver.StartAsync();
        await using var services = new AccessGovProcesses();
        await services.StartAsync(new Uri("http://127.0.0.1:7000"), EmergencyHospital.Settings);
        await using var breakGlass = new BreakGlassProcess();
        await breakGlass.StartAsync(services, new Dictionary<string, string>(EmergencyHospital.AlertsTo(receiver), StringComparer.Ordinal)
        {
            [$"BreakGlass__Offline__Edges__{Edge}"] = "edge", ["BreakGlass__Offline__UsesMax"] = "20",
            ["BreakGlass__Offline__CapabilitiesMax"] = "100",
        });
        await EmergencyHospital.PrepareAsync(services);
        await services.EnrolAsync(app: false, "ada");
        await EmergencyHospital.GrantWardAsync(services, await EmergencyHospital.IdOfAsync(services, "ada"));
        string token = await services.TokenAsync("viewer", "ada", "emergency-access.invoke");
        await using var edge = new EdgeProcess(Edge);
        await edge.StartAsync(services, breakGlass);

        using var over = new CancellationTokenSource();
        Task working = Task.WhenAll(Enumerable.Range(0, 2).Select(line => WorkAsync(line, edge, breakGlass, token, over.Token)));
        var random = new Random(4711);
        for (int round = 0; round < Rounds; round++)
        {
            int before = taken.Count;
            await Eventually.HoldsAsync(
                () => taken.Count > before || working.IsFaulted, $"somebody takes access in round {round}", 2 * Eventually.Bound);
            await Task.Delay(random.Next(0, 300));
            await (round % 2 == 0 ? breakGlass.KillAndStartAsync() : edge.KillAndStartAsync());
        }

        await over.CancelAsync();
        await working;
        await HandedOverAsync(edge, breakGlass);
        (await EmergencyHospital.CasesAsync(breakGlass)).ToDictionary(item => item["patient"]!.GetValue<string>(), item => item["id"]!.GetValue<string>(), StringComparer.Ordinal)
            .ShouldBe(taken, ignoreOrder: true);
        foreach (string id in taken.Values)
        {
            JsonNode found = await breakGlass.GetAsync($"emergency-cases/{id}");
            found["offline"]!["faults"]!.AsArray().ShouldBeEmpty();
            found["history"]!.AsArray().Select(step => step!["name"]!.GetValue<string>())
                .Where(name => name is "emergency_access_invoked" or "emergency_access_ended")
                .ShouldBe(["emergency_access_invoked", "emergency_access_ended"], id);
            await Eventually.HoldsAsync(() => EmergencyHospital.ToldOf(receiver, id).Count() >= 2, $"security and compliance are told of {id}");
            EmergencyHospital.ToldOf(receiver, id).ShouldBe([("invoked", "security"), ("invoked", "compliance")], ignoreOrder: true, id);
        }

        (await breakGlass.GetAsync("emergency-edges"))["alarms"]!.AsArray().ShouldBeEmpty();
    }

    /// <summary>Nothing waits: what the edge has, BreakGlass has, to the line.</summary>
    private static async Task HandedOverAsync(EdgeProcess edge, BreakGlassProcess breakGlass)
    {
        string health = "";
        await Eventually.HoldsAsync(
            async () => (health = await edge.HealthAsync()).Contains("\"unmerged_lines\":0,", StringComparison.Ordinal),
            $"the journal is handed over: {edge.Output}", 4 * Eventually.Bound);
        await Eventually.HoldsAsync(async () => (await breakGlass.GetAsync("emergency-edges"))["edges"]!.AsArray()
            .Single(one => one!["edge"]!.GetValue<string>() == Edge)! is var known
            && known["merged"]!.GetValue<long>() == known["lines"]!.GetValue<long>(), "BreakGlass has as many lines as the edge");
        await Eventually.HoldsAsync(
            async () => (await EmergencyHospital.CasesAsync(breakGlass, "&state=active")).Length == 0, "all are over");
    }

    /// <summary>Takes the images of one patient after the other and ends it; whoever hears nothing asks again.</summary>
    private async Task WorkAsync(int line, EdgeProcess edge, BreakGlassProcess breakGlass, string token, CancellationToken over)
    {
        using var held = new HeldCapability(new HeldCapabilitySettings(Edge), TimeProvider.System);
        using var images = new HttpClient { BaseAddress = edge.Address };
        using var asking = new HttpClient
        {
            BaseAddress = breakGlass.Address, DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", token) },
        };
        for (int i = 0; !over.IsCancellationRequested; i++)
        {
            string patient = $"MRN-{line}-{i}";
            EmergencyImages opened = await UntilAsync(async () =>
            {
                (EmergencyImages? given, CapabilityFault? fault) =
                    await held.UseAsync(images, new WantedImages(patient, "ETREAT", "Unconscious after a fall"));
                if (fault is { Code: "capability_missing" or "capability_used_up" })
                {
                    // Whoever is just started, or cannot ask PolicyDecision, says so, and is asked again.
                    (await held.RenewAsync(asking))?.Code
                        .ShouldBeOneOf("store_not_started", "store_unavailable", "outcome_unknown", "policy_decision_unavailable");
                }
                else if (fault is not null && fault.Code != "keys_unknown")
                {
                    throw new InvalidOperationException(fault.Code);
                }

                return given;
            });
            taken[patient] = opened.Id;
            await UntilAsync(async () =>
            {
                using var end = new HttpRequestMessage(HttpMethod.Post, "emergency-access/end");
                end.Headers.Add("AccessGov-Emergency-Access", opened.Access);
                using HttpResponseMessage ended = await images.SendAsync(end, CancellationToken.None);

                // One that was ended already, before an answer could be given, is known no more.
                return ended.IsSuccessStatusCode || ended.StatusCode == HttpStatusCode.Forbidden
                    ? "ended" : throw new InvalidOperationException($"{(int)ended.StatusCode}");
            });
            await Task.Delay(Pause, CancellationToken.None);
        }
    }

    private static async Task<T> UntilAsync<T>(Func<Task<T?>> attempt)
        where T : class
    {
        T? done = null;
        await Eventually.HoldsAsync(async () =>
        {
            try
            {
                return (done = await attempt()) is not null;
            }
            catch (Exception down) when (down is HttpRequestException or JsonException)
            {
                return false;
            }
        }, "it is taken", 4 * Eventually.Bound);
        return done!;
    }
}
