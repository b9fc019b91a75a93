using System.Net;
using AccessGov.BreakGlass.Offline;
using AccessGov.BreakGlass.Tests.Alerts;
using AccessGov.Testing;

namespace AccessGov.BreakGlass.Tests.Offline;

/// <summary>An edge that finds its own journal changed says so, and people are told: by a real mail server and a webhook.</summary>
public sealed class BrokenJournalTests : IAsyncLifetime
{
    private const string ToBeLookedAt = "The edge radiology is to be looked at";

    private readonly AlertReceivers receivers = new();
    private OfflineHospital hospital = null!;

    public async Task InitializeAsync()
    {
        await receivers.InitializeAsync();
        hospital = await OfflineHospital.StartAsync(
        [
            .. receivers.Settings, ("BreakGlass:Alerts:Audiences:pacs-administrator:0", "pacs-mail"),
            .. AlertReceivers.MailTo("pacs-mail", "pacs@hospital.test"),
        ]);
    }

    public async Task DisposeAsync()
    {
        await hospital.DisposeAsync();
        await receivers.DisposeAsync();
    }

    [Fact]
    [Trait("Requirement", "S71")]
    public async Task Security_and_the_PACS_administrator_are_told_once_a_day_and_that_they_were_is_kept()
    {
        foreach (string reason in (string[])["broken", "broken", "put_back"])
        {
            using HttpResponseMessage taken = await ReportAsync(new { at = 3, reason });
            taken.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        }

        await Eventually.HoldsAsync(async () => (await receivers.MailedAsync(ToBeLookedAt)).Length == 4, "both are written to of both");
        string[] letters = await receivers.MailedAsync(ToBeLookedAt);
        letters.Count(letter => letter.Contains("To: soc@hospital.test", StringComparison.Ordinal)).ShouldBe(2);
        letters.Count(letter => letter.Contains("To: pacs@hospital.test", StringComparison.Ordinal)).ShouldBe(2);
        await Eventually.HoldsAsync(
            async () => (await DayAsync()).OfType<EmergencyEdgeAlarmDelivered>()
                .Select(told => $"{told.Code} {told.Audience} {told.Channel}").Order(StringComparer.Ordinal).SequenceEqual(
                [
                    "journal_broken pacs-administrator pacs-mail", "journal_broken security soc-mail",
                    "journal_put_back pacs-administrator pacs-mail", "journal_put_back security soc-mail",
                ]), "the edge's day says who was told");
        (await DayAsync()).OfType<EmergencyEdgeJournalBroken>().Select(broken => (broken.Sequence, broken.Reason))
            .ShouldBe([(3L, "broken"), (3L, "put_back")]);
    }

    [Fact]
    public async Task A_channel_that_takes_no_alarm_stands_in_the_edges_day()
    {
        await receivers.Mail.StopAsync();
        using HttpResponseMessage taken = await ReportAsync(new { at = 3, reason = "broken" });
        await Eventually.HoldsAsync(
            async () => (await DayAsync()) is var day
                && day.OfType<EmergencyEdgeAlarmFailed>().Any(told => told is { Channel: "soc-mail", Failure: "unreachable" })
                && day.OfType<EmergencyEdgeAlarmDelivered>().Any(told => told is { Audience: "security", Channel: "security-hook" }),
            "both stand there");
    }

    [Fact]
    public async Task A_report_is_an_edges_own_and_says_what_is_wrong()
    {
        foreach (object body in (object[])[new { at = -1, reason = "broken" }, new { at = 1, reason = "odd" }])
        {
            using HttpResponseMessage malformed = await ReportAsync(body);
            await Refusal.ShouldBeAsync(malformed, 400, "report_malformed");
        }

        foreach (object body in (object[])
            [new { at = 1 }, new { at = "x", reason = "broken" }, new { at = 1, reason = "broken", more = 1 }])
        {
            using HttpResponseMessage bad = await ReportAsync(body);
            bad.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        }

        using HttpResponseMessage others = await ReportAsync(new { at = 1, reason = "broken" }, "others");
        await Refusal.ShouldBeAsync(others, 403, "edge_forbidden");
        using HttpResponseMessage nowhere = await ReportAsync(new { at = 1, reason = "broken" }, "nowhere");
        await Refusal.ShouldBeAsync(nowhere, 404, "edge_unknown");
        (await DayAsync()).ShouldBeEmpty();
    }

    private Task<HttpResponseMessage> ReportAsync(object body, string edge = "radiology") =>
        hospital.Host.PostAsync($"/edge-journals/{edge}/broken", OfflineHospital.Client, body);

    private Task<object[]> DayAsync() =>
        hospital.EventsAsync(EdgeDay.Streams.StreamId(EdgeDay.IdOf("radiology", hospital.Host.Clock.GetUtcNow())));
}
