using System.Text;
using System.Text.Json.Nodes;
using AccessGov.BreakGlass.Drills;
using AccessGov.BreakGlass.Tests.Alerts;
using AccessGov.Testing;

namespace AccessGov.BreakGlass.Tests.Drills;

/// <summary>The yearly reminder, by a webhook and on a real database.</summary>
public sealed class DrillTests : IAsyncLifetime
{
    private readonly WebhookReceiver webhook = new();
    private readonly string secretFile = Path.GetTempFileName();
    private BreakGlassHost host = null!;

    public async Task InitializeAsync()
    {
        await File.WriteAllTextAsync(secretFile, Convert.ToBase64String(Encoding.ASCII.GetBytes("0123456789abcdef01234567")));
        await webhook.StartAsync();
        host = await BreakGlassHost.StartAsync(
            ("BreakGlass:Alerts:Audiences:compliance:0", "hook"), ("BreakGlass:Alerts:Channels:hook:Kind", "Webhook"),
            ("BreakGlass:Alerts:Channels:hook:Url", webhook.Address.AbsoluteUri),
                ("BreakGlass:Alerts:Channels:hook:SecretFile", secretFile));
        await Eventually.HoldsAsync(async () => (await NamesAsync()).Length == 1, "the drills are watched");
    }

    public async Task DisposeAsync()
    {
        await host.DisposeAsync();
        await webhook.DisposeAsync();
        File.Delete(secretFile);
    }

    [Fact]
    public async Task Compliance_is_reminded_after_a_year_and_again_after_a_month_until_somebody_practises()
    {
        host.Clock.Advance(TimeSpan.FromDays(366));
        await Eventually.HoldsAsync(() => webhook.Taken.Count == 1, "compliance is reminded");
        JsonNode body = JsonNode.Parse(webhook.Taken.Single().Body)!;
        body["type"]!.GetValue<string>().ShouldBe("emergency_access.drill_due");
        body["data"]!["caseId"].ShouldBeNull();
        (await HealthAsync()).ShouldContain("Nobody has practised");

        // After a restart it is the same reminder.
        await host.RestartAsync(TimeSpan.FromDays(1));
        host.Clock.Advance(TimeSpan.FromDays(30));
        await Eventually.HoldsAsync(() => webhook.Taken.Count == 2, "compliance is reminded again");
        await Eventually.HoldsAsync(async () => (await NamesAsync()).Length == 5, "both deliveries are in the history");
        (await NamesAsync()).ShouldBe(
        [
            "emergency_drills_watched", "emergency_drill_due", "emergency_drill_reminder_delivered", "emergency_drill_due",
            "emergency_drill_reminder_delivered",
        ]);

        await host.InvokeAsync("ada", "drill-1", practice: true);
        host.Clock.Advance(TimeSpan.FromDays(2));
        await Eventually.HoldsAsync(async () =>
            !(await HealthAsync()).Contains("Nobody has practised", StringComparison.Ordinal), "the drill is seen");
        host.Clock.Advance(TimeSpan.FromDays(300));
        await host.InvokeAsync("bob", "p-real");
        await Eventually.HoldsAsync(() =>
            webhook.Taken.Count(post => post.Body.Contains(".invoked", StringComparison.Ordinal)) == 2, "both cases are told");
        webhook.Taken.Count(post => post.Body.Contains("drill_due", StringComparison.Ordinal)).ShouldBe(2);
    }

    private async Task<string[]> NamesAsync() =>
        [.. (await host.Store.LoadAsync(DrillWatch.Streams.StreamId(DrillWatch.Id))).Events.Select(stored => stored.Name)];

    private async Task<string> HealthAsync()
    {
        using HttpResponseMessage answer = await host.Client.GetAsync("/health/ready");
        return await answer.Content.ReadAsStringAsync();
    }
}
