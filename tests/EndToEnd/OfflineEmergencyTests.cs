using System.Diagnostics;
using System.Net;
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

    [SeparateNetworkFact]
    [Trait("Requirement", "S31")]
    public async Task Ten_times_in_a_row_images_open_while_everything_stands_still_or_the_cable_is_cut_and_afterwards_the_case_is_there()
    {
        await using var hospital = new OfflineHospital();
        await hospital.StartAsync();
        for (int round = 0; round < Rounds; round++)
        {
            bool cable = round % 2 == 1;
            string token = await hospital.SignInAsync();
            await hospital.RenewAsync(token);
            await RoundAsync(hospital, cable, explains: round < 2 ? token : null);
        }
    }

    private static async Task RoundAsync(OfflineHospital hospital, bool cable, string? explains)
    {
        DateTimeOffset before = TimeProvider.System.GetUtcNow();
        BeginOutage(hospital, cable);
        EmergencyImages images;
        DateTimeOffset used;
        try
        {
            images = await OpenAsync(hospital);
            used = TimeProvider.System.GetUtcNow();
            if (explains is not null)
            {
                using HttpResponseMessage told = await hospital.AskAsync(OfflineHospital.Ct, token: explains);
                told.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
                told.Headers.GetValues("AccessGov-Reason").Single().ShouldBe("accessgov_unavailable");
            }
        }
        finally
        {
            EndOutage(hospital, cable);
        }

        DateTimeOffset mended = TimeProvider.System.GetUtcNow();
        JsonNode emergency = await hospital.CaseAsync(images.Id);
        emergency["person"]!.GetValue<string>().ShouldNotBeEmpty();
        emergency["patient"]!.GetValue<string>().ShouldBe(OfflineHospital.Patient);
        emergency["invokedAt"]!.GetValue<DateTimeOffset>().ShouldBeInRange(before.AddSeconds(-1), used);
        emergency["reviewDue"]!.GetValue<DateTimeOffset>().ShouldBeGreaterThan(mended.AddHours(23));
        emergency["offline"]!["edge"]!.GetValue<string>().ShouldBe(EdgeSite.Edge);
        emergency["offline"]!["faults"]!.AsArray().ShouldBeEmpty();
        await KnownAfterwardsAsync(hospital, images.Id, before, used);
    }

    /// <summary>Both who are to be told were, with the true time; what was opened is there; and it is over since it was ended there.</summary>
    private static async Task KnownAfterwardsAsync(OfflineHospital hospital, string id, DateTimeOffset before, DateTimeOffset used)
    {
        DateTimeOffset taken = (await hospital.CaseAsync(id))["invokedAt"]!.GetValue<DateTimeOffset>();
        string[] letters = [];
        await Eventually.HoldsAsync(
            async () => (letters = await hospital.LettersAsync(id)).Length == 2, "security and compliance are written to");
        foreach (string audience in (string[])["soc@hospital.test", "compliance@hospital.test"])
        {
            letters.Single(letter => letter.Contains($"To: {audience}", StringComparison.Ordinal))
                .ShouldContain($"It was taken at {taken.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC at the edge {EdgeSite.Edge}");
        }

        JsonNode? over = null;
        await Eventually.HoldsAsync(async () => (over = (await hospital.CaseAsync(id))["history"]!.AsArray()
            .SingleOrDefault(step => step!["name"]!.GetValue<string>() == "emergency_access_ended")) is not null, "it is over");
        over!["data"]!["cause"]!.GetValue<string>().ShouldBe("clinician");
        over["data"]!["at"]!.GetValue<DateTimeOffset>().ShouldBeInRange(before, used);
        JsonNode evidence = await hospital.BreakGlass.GetAsync($"emergency-cases/{id}/evidence");
        JsonNode opened = evidence["opened"]!.AsArray().First(one => one!["study"]?.GetValue<string>() == OfflineHospital.CtUid)!;
        opened["first"]!.GetValue<DateTimeOffset>().ShouldBeInRange(before, used);
        opened["department"]!.GetValue<string>().ShouldBe("ward", "the index knows the study that was opened without it");
    }

    /// <summary>What a clinician does: the emergency button, the image, another patient's image, and the end.</summary>
    private static async Task<EmergencyImages> OpenAsync(OfflineHospital hospital)
    {
        long start = Stopwatch.GetTimestamp();
        EmergencyImages images = await hospital.UseAsync();
        using HttpResponseMessage image = await hospital.AskAsync(OfflineHospital.Ct, images.Access);
        image.StatusCode.ShouldBe(HttpStatusCode.OK, await image.Content.ReadAsStringAsync());
        (await image.Content.ReadAsByteArrayAsync()).Length.ShouldBeGreaterThan(10_000);
        Stopwatch.GetElapsedTime(start).ShouldBeLessThan(TimeSpan.FromSeconds(10));
        OfflineHospital.ShouldObligeTheViewer(image, images);
        foreach (string other in await hospital.Site.PathsOfAsync(OfflineHospital.OtherUid))
        {
            using HttpResponseMessage refused = await hospital.AskAsync(other, images.Access);
            refused.StatusCode.ShouldBe(HttpStatusCode.Forbidden, other);
            refused.Headers.GetValues("AccessGov-Reason").Single().ShouldBe("other_patient", other);
        }

        foreach (string other in await hospital.Site.OrthancPathsOfAsync(OfflineHospital.OtherUid))
        {
            using HttpResponseMessage refused = await hospital.AskAsync(other, images.Access);
            refused.StatusCode.ShouldBe(HttpStatusCode.Forbidden, other);
        }

        foreach (string own in await hospital.Site.PathsOfAsync(OfflineHospital.CtUid))
        {
            using HttpResponseMessage given = await hospital.AskAsync(own, images.Access);
            given.StatusCode.ShouldBe(await hospital.Site.StatusOfAsync(own), $"{own}: what the archive answers is handed on");
        }

        await hospital.EndAsync(images);
        return images;
    }

    private static void BeginOutage(OfflineHospital hospital, bool cable)
    {
        if (cable)
        {
            hospital.Site.Cut();
            return;
        }

        hospital.Services.Pause();
        hospital.BreakGlass.Pause();
        hospital.Postgres.Pause();
    }

    private static void EndOutage(OfflineHospital hospital, bool cable)
    {
        if (cable)
        {
            hospital.Site.Mend();
            return;
        }

        hospital.Postgres.Resume();
        hospital.BreakGlass.Resume();
        hospital.Services.Resume();
    }
}
