using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using AccessGov.Client;
using AccessGov.EmergencyCapabilities;
using AccessGov.Testing;

namespace AccessGov.EndToEnd;

/// <summary>
/// An emergency while AccessGov cannot be asked: a clinician opens an image through nginx with what their program holds, and afterwards the
/// case is there with its true times.
/// </summary>
public sealed class OfflineEmergencyTests
{
    private const int Rounds = 10;
    private const string Patient = "1CT1";
    private const string Ct = "dicom-web/studies/1.3.6.1.4.1.5962.1.2.1.20040119072730.12322";
    private const string OtherStudy = "dicom-web/studies/1.3.6.1.4.1.5962.1.2.4.20040826185059.5457";
    private static readonly Uri Console = new("http://127.0.0.1:7000");

    private const string Policy = """
        @id("ward") permit (principal in Reader::"ward-physician", action == Action::"study.view", resource);
        @id("emergency")
        permit (principal in Reader::"emergency-reader", action in [Action::"study.view", Action::"study.search"], resource);
        """;

    [SeparateNetworkFact]
    [Trait("Requirement", "S31")]
    public async Task Ten_times_in_a_row_images_open_while_everything_stands_still_or_the_cable_is_cut_and_afterwards_the_case_is_there()
    {
        await using PostgresServer postgres = await PostgresServer.StartPrivateAsync();
        await using var services = new AccessGovProcesses { Server = postgres };
        await services.StartAsync(Console, new Dictionary<string, string>(StringComparer.Ordinal) { ["PolicyDecision__DirectPublication"] = "true" });
        await using var breakGlass = new BreakGlassProcess();
        await breakGlass.StartAsync(services, new Dictionary<string, string>(StringComparer.Ordinal)
        {
            [$"BreakGlass__Offline__Edges__{EdgeSite.Edge}"] = "edge",
        });
        await PrepareAsync(services);
        await using var site = new EdgeSite();
        await site.StartAsync(services, breakGlass);
        using var held = new HeldCapability(new HeldCapabilitySettings(EdgeSite.Edge), TimeProvider.System);
        for (int round = 0; round < Rounds; round++)
        {
            bool cable = round % 2 == 1;
            string token = await services.TokenAsync("viewer", "ada", "emergency-access.invoke", "images.open");
            await RenewAsync(held, breakGlass, token);
            await RoundAsync(new Round(services, breakGlass, postgres, site, held), cable, explains: round < 2 ? token : null);
        }
    }

    private static async Task RoundAsync(Round round, bool cable, string? explains)
    {
        DateTimeOffset before = TimeProvider.System.GetUtcNow();
        round.BeginOutage(cable);
        EmergencyImages images;
        DateTimeOffset used;
        try
        {
            images = await OpenAsync(round.Site, round.Held);
            used = TimeProvider.System.GetUtcNow();
            if (explains is not null)
            {
                using HttpResponseMessage told = await AskAsync(round.Site, Ct, token: explains);
                told.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
                told.Headers.GetValues("AccessGov-Reason").Single().ShouldBe("accessgov_unavailable");
            }
        }
        finally
        {
            round.EndOutage(cable);
        }

        DateTimeOffset mended = TimeProvider.System.GetUtcNow();
        JsonNode? found = null;
        await Eventually.HoldsAsync(
            async () => (found = await round.FindAsync(images.Id)) is not null, $"case {images.Id} is there: {round.Site.Output}", 2 * Eventually.Bound);
        JsonNode emergency = found!;
        emergency["person"]!.GetValue<string>().ShouldNotBeEmpty();
        emergency["patient"]!.GetValue<string>().ShouldBe(Patient);
        emergency["invokedAt"]!.GetValue<DateTimeOffset>().ShouldBeInRange(before.AddSeconds(-1), used);
        emergency["reviewDue"]!.GetValue<DateTimeOffset>().ShouldBeGreaterThan(mended.AddHours(23));
        emergency["offline"]!["edge"]!.GetValue<string>().ShouldBe(EdgeSite.Edge);
        emergency["offline"]!["faults"]!.AsArray().ShouldBeEmpty();
    }

    /// <summary>What a clinician does: the emergency button, the image, another patient's image, and the end.</summary>
    private static async Task<EmergencyImages> OpenAsync(EdgeSite site, HeldCapability held)
    {
        long start = Stopwatch.GetTimestamp();
        (EmergencyImages? images, CapabilityFault? fault) =
            await held.UseAsync(site.Images, new WantedImages(Patient, "ETREAT", "Unconscious after a fall"));
        images.ShouldNotBeNull(fault?.Code);
        using HttpResponseMessage image = await AskAsync(site, Ct, images.Access);
        image.StatusCode.ShouldBe(HttpStatusCode.OK, await image.Content.ReadAsStringAsync());
        (await image.Content.ReadAsByteArrayAsync()).Length.ShouldBeGreaterThan(10_000);
        Stopwatch.GetElapsedTime(start).ShouldBeLessThan(TimeSpan.FromSeconds(10));
        using HttpResponseMessage other = await AskAsync(site, OtherStudy, images.Access);
        other.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        other.Headers.GetValues("AccessGov-Reason").Single().ShouldBe("other_patient");
        using var end = new HttpRequestMessage(HttpMethod.Post, "emergency-access/end");
        end.Headers.Add("AccessGov-Emergency-Access", images.Access);
        using HttpResponseMessage ended = await site.Images.SendAsync(end);
        ended.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        return images;
    }

    private static async Task<HttpResponseMessage> AskAsync(EdgeSite site, string path, string? access = null, string? token = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (access is not null)
        {
            request.Headers.Add("AccessGov-Emergency-Access", access);
        }

        request.Headers.Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token);
        return await site.Images.SendAsync(request);
    }

    private static async Task RenewAsync(HeldCapability held, BreakGlassProcess breakGlass, string token)
    {
        using var asking = new HttpClient { BaseAddress = breakGlass.Address };
        asking.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        CapabilityFault? fault = null;
        try
        {
            await Eventually.HoldsAsync(async () => (fault = await held.RenewAsync(asking)) is null, "a capability is held");
        }
        catch (TimeoutException late)
        {
            throw new TimeoutException($"{late.Message}: {fault}", late);
        }
    }

    private static async Task PrepareAsync(AccessGovProcesses services)
    {
        await services.SendAsync(HttpMethod.Put, "/sites/north", new
        {
            name = "North", timeZone = "UTC", departments = new[] { new { id = "ward", name = "Ward" } },
        });
        await services.SendAsync(HttpMethod.Put, "/roles/ward-physician", new { description = "Looks after the ward", permissions = new[] { "study.view" } });
        await services.SendAsync(HttpMethod.Put, "/roles/emergency-reader", new
        {
            description = "Taken in an emergency", emergency = new { hoursMax = 4, invokers = new[] { "ward-physician" } },
        });
        await services.SendAsync(
            HttpMethod.Post, "/policy-sets/hospital/versions",
            new { files = new[] { new { name = "a.cedar", text = Policy } }, comment = "Emergencies." });
        await services.EnrolAsync(app: false, "ada");
        using var scim = new HttpClient { BaseAddress = services.IdentityFederation };
        scim.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", await services.TokenAsync("provisioning"));
        JsonNode people = JsonNode.Parse(await scim.GetStringAsync("scim/v2/Users?filter=userName eq \"ada\""))!;
        await services.SendAsync(HttpMethod.Post, "/grants", new
        {
            subjectId = people["Resources"]![0]!["id"]!.GetValue<string>(), role = "ward-physician",
            scope = new { kind = "department", id = "ward" }, reason = "works there",
        });
    }

    private sealed record Round(
        AccessGovProcesses Services, BreakGlassProcess BreakGlass, PostgresServer Postgres, EdgeSite Site, HeldCapability Held)
    {
        public void BeginOutage(bool cable)
        {
            if (cable)
            {
                Site.Cut();
                return;
            }

            Services.Pause();
            BreakGlass.Pause();
            Postgres.Pause();
        }

        public void EndOutage(bool cable)
        {
            if (cable)
            {
                Site.Mend();
                return;
            }

            Postgres.Resume();
            BreakGlass.Resume();
            Services.Resume();
        }

        public async Task<JsonNode?> FindAsync(string id)
        {
            try
            {
                return await BreakGlass.GetAsync($"emergency-cases/{id}");
            }
            catch (HttpRequestException)
            {
                return null;
            }
        }
    }
}
