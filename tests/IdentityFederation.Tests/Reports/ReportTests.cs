using System.Net;
using System.Text.Json.Nodes;
using AccessGov.Testing;

namespace AccessGov.IdentityFederation.Tests.Reports;

/// <summary>What whoever reviews accounts is told.</summary>
public sealed class ReportTests
{
    [Fact]
    [Trait("Requirement", "S9")]
    public async Task Of_whoever_left_it_is_told_when_who_said_so_and_when_sessions_and_tokens_end()
    {
        await using IdentityFederationHost host = await IdentityFederationHost.StartAsync();
        string client = await Tokens.Viewer.RegisterAsync(host, "viewer");
        string person = await host.PersonAsync("leaver");
        Tokens.Browser browser = await Tokens.Browser.SignedInAsync(host, person);
        await Tokens.Browser.SignedInAsync(host, person);
        await Tokens.Viewer.TokensAsync(host, browser, client);
        await host.PersonAsync("stayer");
        DateTimeOffset before = DateTimeOffset.UtcNow;
        using HttpResponseMessage gone = await host.PostAsync($"/people/{person}/deactivate", new { reason = "Left." });
        gone.EnsureSuccessStatusCode();

        JsonNode row = new JsonObject();
        await Eventually.HoldsAsync(
            async () => (await RowsAsync(host)) is [{ } one]
                && (row = one)["sessions"]!.GetValue<int>() == 2, "both sessions said that they are over");

        row["person"]!.GetValue<string>().ShouldBe(person);
        (row["source"]!.GetValue<string>(), row["forGood"]!.GetValue<bool>()).ShouldBe(("console", false));
        DateTimeOffset at = row["at"]!.GetValue<DateTimeOffset>();
        at.ShouldBeInRange(before.AddSeconds(-5), DateTimeOffset.UtcNow.AddSeconds(5));
        (row["sessionsEndedAt"]!.GetValue<DateTimeOffset>() - at).ShouldBeLessThan(TimeSpan.FromMinutes(1));
        (row["tokensEndAt"]!.GetValue<DateTimeOffset>() - at).ShouldBeInRange(TimeSpan.FromMinutes(13), TimeSpan.FromMinutes(15.1));
    }

    [Fact]
    public async Task A_period_has_a_beginning_and_an_end_and_both_reports_are_for_whoever_may_read_people()
    {
        await using IdentityFederationHost host = await IdentityFederationHost.StartAsync();
        foreach (string period in new[]
        {
            "", "?from=2026-01-01T00:00:00Z", "?from=2026-02-01T00:00:00Z&until=2026-01-01T00:00:00Z",
                "?from=2020-01-01T00:00:00Z&until=2026-01-01T00:00:00Z",
        })
        {
            using HttpResponseMessage refused = await host.SendAsync(HttpMethod.Get, $"/reports/deprovisioning{period}");
            await Refusal.ShouldBeAsync(refused, 400, "period_malformed");
        }

        foreach (string path in new[] { "/reports/deprovisioning", "/reports/dormant-accounts" })
        {
            using HttpResponseMessage forbidden = await host.SendAsync(HttpMethod.Get, path, token: host.TokenOf("eve", "people.manage"));
            forbidden.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        }
    }

    [Fact]
    public async Task Who_does_not_sign_in_any_more_is_listed_from_the_warning_on()
    {
        var clock = new MovedClock();
        await using IdentityFederationHost host = await IdentityFederationHost.StartAsync(clock: clock);
        string person = await host.PersonAsync("sleeper");
        (await host.GetAsync("/reports/dormant-accounts"))["accounts"]!.AsArray().ShouldBeEmpty();
        clock.Advance(TimeSpan.FromDays(77));

        JsonNode? row = null;
        await Eventually.HoldsAsync(
            async () => (row = (await host.GetAsync("/reports/dormant-accounts"))["accounts"]!.AsArray().SingleOrDefault()) is not null,
                "it is listed");

        row!["person"]!.GetValue<string>().ShouldBe(person);
        row["locked"]!.GetValue<bool>().ShouldBeFalse();
        row["signedInAt"].ShouldBeNull();
        (row["lockedFrom"]!.GetValue<DateTimeOffset>() - row["activeAt"]!.GetValue<DateTimeOffset>()).ShouldBe(TimeSpan.FromDays(90));
    }

    private static async Task<JsonNode?[]> RowsAsync(IdentityFederationHost host)
    {
        string from = Uri.EscapeDataString(DateTimeOffset.UtcNow.AddHours(-1).ToString("O"));
        string until = Uri.EscapeDataString(DateTimeOffset.UtcNow.AddHours(1).ToString("O"));
        return [.. (await host.GetAsync($"/reports/deprovisioning?from={from}&until={until}"))["departures"]!.AsArray()];
    }
}
