using System.Globalization;
using System.Text.Json.Nodes;
using AccessGov.BreakGlass.EmergencyAccess;
using AccessGov.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace AccessGov.BreakGlass.Tests.EmergencyAccess;

/// <summary>The clock of the machine is put right: what is over stays over, and what runs ends when it says.</summary>
public sealed class ClockSetBackTests
{
    [Fact]
    [Trait("Requirement", "S32")]
    public async Task A_clock_that_is_set_back_ends_nothing_early_and_opens_nothing_again()
    {
        await using BreakGlassHost host = await BreakGlassHost.StartAsync();
        host.Clock.Stop();
        string first = await host.InvokeAsync("ada", "p-1");
        host.Clock.Advance(TimeSpan.FromHours(5));
        await Eventually.HoldsAsync(async () => (await EndsAsync(host, first)).Length == 1, "it has run out");
        string second = await host.InvokeAsync("bob", "p-2");

        host.Clock.Advance(TimeSpan.FromHours(-3));
        (await host.GetAsync($"/emergency-cases/{first}", "eva"))["state"]!.GetValue<string>().ShouldBe("awaiting_review");
        using HttpResponseMessage taken = await host.PostAsync(
            "/emergency-access", "cyd", new { reasonCode = "ETREAT", reason = "Stroke", patient = "p-3", hours = 1 });
        string third = JsonNode.Parse(await taken.Content.ReadAsStringAsync())!["id"]!.GetValue<string>();
        host.Clock.Advance(TimeSpan.FromHours(7) - TimeSpan.FromSeconds(1));
        await Eventually.HoldsAsync(async () => (await EndsAsync(host, third)).Length == 1, "what is over by then is ended");
        (await host.Services.GetRequiredService<OpenCases>().ExpiredAsync(host.Clock.GetUtcNow(), CancellationToken.None))
            .ShouldNotContain(second, "a second is left");

        host.Clock.Advance(TimeSpan.FromSeconds(1));
        await Eventually.HoldsAsync(async () => (await EndsAsync(host, second)).Length == 1, "that is over, too");
        foreach (string id in (string[])[first, second, third])
        {
            JsonNode known = await host.GetAsync($"/emergency-cases/{id}", "eva");
            (await EndsAsync(host, id)).ShouldBe([("expired", Instant(known["until"]))], id);
        }
    }

    private static async Task<(string Cause, DateTimeOffset At)[]> EndsAsync(BreakGlassHost host, string id) =>
    [
        .. (await host.GetAsync($"/emergency-cases/{id}", "eva"))["history"]!.AsArray()
            .Where(step => step!["name"]!.GetValue<string>() == "emergency_access_ended")
            .Select(step => (step!["data"]!["cause"]!.GetValue<string>(), Instant(step["data"]!["at"]))),
    ];

    private static DateTimeOffset Instant(JsonNode? node) => DateTimeOffset.Parse(node!.GetValue<string>(), CultureInfo.InvariantCulture);
}
