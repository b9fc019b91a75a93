using System.Net;
using System.Text.Json.Nodes;
using AccessGov.Client;
using AccessGov.Testing;

namespace AccessGov.EndToEnd;

/// <summary>
/// Each part of AccessGov away alone: the edge lets a clinician in with what their program holds, writes it down, and it is a case
/// afterwards. While nothing is away, PolicyDecision is asked and the edge is not.
/// </summary>
public sealed class LoneOutageTests
{
    [SeparateNetworkFact]
    [Trait("Requirement", "S31, S71")]
    public async Task Whatever_is_away_alone_the_edge_lets_the_clinician_in_and_while_nothing_is_it_is_not_asked()
    {
        await using var hospital = new OfflineHospital();
        await hospital.StartAsync(("PolicyDecision__FactsLease", "00:00:05"));
        string token = await hospital.SignInAsync();
        await NothingIsAwayAsync(hospital, token);

        await AwayAsync(hospital, "IdentityFederation", () =>
        {
            hospital.Services.PauseIdentityFederation();
            return Task.CompletedTask;
        }, () =>
        {
            hospital.Services.Resume();
            return Task.CompletedTask;
        });
        await AwayAsync(hospital, "PolicyDecision's database", async () =>
        {
            await hospital.TakeDatabaseAsync();
            await Eventually.HoldsAsync(async () =>
            {
                using HttpResponseMessage unready = await hospital.Services.GetAsync("/health/ready");
                return unready.StatusCode == HttpStatusCode.ServiceUnavailable;
            }, "PolicyDecision says that it is not ready", 2 * Eventually.Bound);

            // Whoever has signed in gets no images by PolicyDecision then.
            using HttpResponseMessage denied = await hospital.AskAsync(OfflineHospital.Ct, token: token);
            denied.StatusCode.ShouldNotBe(HttpStatusCode.OK);
        }, hospital.GiveDatabaseBackAsync);
        await AwayAsync(hospital, "the network", () =>
        {
            hospital.Site.Cut();
            return Task.CompletedTask;
        }, () =>
        {
            hospital.Site.Mend();
            return Task.CompletedTask;
        });
        await Eventually.HoldsAsync(async () =>
        {
            using HttpResponseMessage image = await hospital.AskAsync(OfflineHospital.Ct, token: token);
            return image.StatusCode == HttpStatusCode.OK;
        }, "PolicyDecision opens images again", 2 * Eventually.Bound);
        await NothingIsAwayAsync(hospital, token);
    }

    /// <summary>PolicyDecision opens the images of whoever has signed in; the edge has nothing to write down.</summary>
    private static async Task NothingIsAwayAsync(OfflineHospital hospital, string token)
    {
        await UntilQuietAsync(hospital);
        long before = await LinesAsync(hospital);
        using HttpResponseMessage image = await hospital.AskAsync(OfflineHospital.Ct, token: token);
        image.StatusCode.ShouldBe(HttpStatusCode.OK, $"{await image.Content.ReadAsStringAsync()} {image.Headers}");
        image.Headers.GetValues("AccessGov-Evaluation").Single().ShouldNotBeEmpty("PolicyDecision has decided it");
        (await LinesAsync(hospital)).ShouldBe(before);
    }

    private static async Task AwayAsync(OfflineHospital hospital, string what, Func<Task> begin, Func<Task> end)
    {
        await hospital.RenewAsync(await hospital.SignInAsync());
        await UntilQuietAsync(hospital);
        long before = await LinesAsync(hospital);
        EmergencyImages images;
        await begin();
        try
        {
            images = await hospital.UseAsync();
            using HttpResponseMessage image = await hospital.AskAsync(OfflineHospital.Ct, images.Access);
            image.StatusCode.ShouldBe(HttpStatusCode.OK, what);
            OfflineHospital.ShouldObligeTheViewer(image, images);
            await hospital.EndAsync(images);
            (await LinesAsync(hospital)).ShouldBe(before + 3, $"{what}: used, opened and ended are written down");
        }
        finally
        {
            await end();
        }

        JsonNode found = await hospital.CaseAsync(images.Id);
        found["offline"]!["faults"]!.AsArray().ShouldBeEmpty(what);
        found["patient"]!.GetValue<string>().ShouldBe(OfflineHospital.Patient);
    }

    private static Task UntilQuietAsync(OfflineHospital hospital) => Eventually.HoldsAsync(
        async () => (await JournalAsync(hospital))["unmerged_lines"]!.GetValue<long>() == 0, "all that is written is handed over");

    private static async Task<long> LinesAsync(OfflineHospital hospital) => (await JournalAsync(hospital))["lines"]!.GetValue<long>();

    private static async Task<JsonNode> JournalAsync(OfflineHospital hospital) =>
        (await hospital.Site.HealthAsync())["checks"]!["journal"]!["data"]!;
}
