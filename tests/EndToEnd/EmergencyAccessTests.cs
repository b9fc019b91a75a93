using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using AccessGov.Testing;

namespace AccessGov.EndToEnd;

/// <summary>
/// An emergency from the denial to the trail: PolicyDecision, IdentityFederation, BreakGlass and Audit as processes of their own, and a person
/// who has signed in.
/// </summary>
public sealed class EmergencyAccessTests
{
    private static readonly Uri Console = new("http://127.0.0.1:7000");

    [Fact]
    [Trait("Requirement", "S31, S32, S33")]
    public async Task A_denial_leads_to_images_at_once_and_everything_is_in_the_trail_under_its_case()
    {
        await using var services = new AccessGovProcesses();
        await services.StartAsync(Console, EmergencyHospital.Settings);
        await using var audit = new AuditProcess();
        await audit.StartAsync(services);
        await using var breakGlass = new BreakGlassProcess();
        await breakGlass.StartAsync(services);
        await EmergencyHospital.PrepareAsync(services);
        SignInOfPerson ada = (await services.EnrolAsync(app: false, "ada"))["ada"];
        string person = await EmergencyHospital.IdOfAsync(services, "ada");
        await EmergencyHospital.GrantWardAsync(services, person);
        ada.ShouldNotBeNull();
        using var clinician = new HttpClient { BaseAddress = breakGlass.Address };
        clinician.DefaultRequestHeaders.Authorization =
            new AuthenticationHeaderValue("Bearer", await services.TokenAsync("viewer", "ada", "emergency-access.invoke"));

        JsonNode? denied = null;
        await Eventually.HoldsAsync(
            async () => (denied = await EvaluateAsync(services, person))["context"]!["break_glass"] is not null, "the denial offers emergency access");
        string denial = denied!["context"]!["break_glass"]!["binding_token"]!.GetValue<string>();
        using HttpResponseMessage invoked = await clinician.PostAsJsonAsync(
            "emergency-access", new { reasonCode = "ETREAT", reason = "Unconscious after a fall", denial });
        string text = await invoked.Content.ReadAsStringAsync();
        invoked.IsSuccessStatusCode.ShouldBeTrue(text);
        string id = JsonNode.Parse(text)!["id"]!.GetValue<string>();
        await Eventually.HoldsAsync(async () => (await EvaluateAsync(services, person))["decision"]!.GetValue<bool>(), "the images open");

        await InTrailAsync(audit, id, "emergency_access_invoked");
        await InTrailAsync(audit, id, "decision");
        using HttpResponseMessage ended = await clinician.PostAsync($"emergency-access/{id}/end", null);
        ended.IsSuccessStatusCode.ShouldBeTrue(await ended.Content.ReadAsStringAsync());
        await Eventually.HoldsAsync(async () => !(await EvaluateAsync(services, person))["decision"]!.GetValue<bool>(), "it is over");
        await InTrailAsync(audit, id, "emergency_access_ended");
    }

    private static async Task<JsonNode> EvaluateAsync(AccessGovProcesses services, string person) =>
        (await services.SendAsync(HttpMethod.Post, "/access/v1/evaluation", new
        {
            subject = new { type = "User", id = person }, action = new { name = "study.view" }, resource = new { type = "Study", id = "1.2.1" },
        }))!;

    private static Task InTrailAsync(AuditProcess audit, string id, string kind) => Eventually.HoldsAsync(
        async () => (await audit.GetAsync($"emergency-cases/{id}"))["entries"]!.AsArray().Any(entry => entry!["kind"]!.GetValue<string>() == kind),
        $"{kind} is in the trail of the case");
}
