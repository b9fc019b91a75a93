using AccessGov.BreakGlass.Alerts;
using AccessGov.Testing;

namespace AccessGov.BreakGlass.Tests.Alerts;

/// <summary>A channel that fails is itself alerted, by the others: a real mail server that goes and comes back.</summary>
public sealed class ChannelOutageTests : IAsyncLifetime
{
    private readonly AlertReceivers receivers = new();

    public Task InitializeAsync() => receivers.InitializeAsync();

    public Task DisposeAsync() => receivers.DisposeAsync();

    [Fact]
    [Trait("Requirement", "S34")]
    public async Task A_failed_channel_is_alerted_once_for_each_outage_and_when_it_works_again()
    {
        await using BreakGlassHost host = await receivers.StartAsync();
        await receivers.Mail.StopAsync();
        await host.InvokeAsync("ada", "p-one");
        await host.InvokeAsync("bob", "p-two");
        await Eventually.HoldsAsync(
            () => receivers.Hooked("invoked").Length == 4 && receivers.Hooked("channel_failed").Length == 1,
            "security is told of both cases and of the mail, compliance of both cases");
        var said = receivers.Hooked("channel_failed").Single()["data"]!;
        (said["audience"]!.GetValue<string>(), said["channel"]!.GetValue<string>(), said["failure"]!.GetValue<string>())
            .ShouldBe(("security", "soc-mail", "unreachable"));
        said["caseId"].ShouldBeNull();
        said["url"]!.GetValue<string>().ShouldBe("https://console.test/service-health");

        await receivers.Mail.StartAsync();
        await host.RestartAsync(TimeSpan.FromMinutes(10));
        await host.InvokeAsync("carl", "p-three");
        await Eventually.HoldsAsync(
            async () => (await receivers.MailedAsync("Alerts get through by soc-mail again")).Length == 1, "its end is told by the mail");
        (await receivers.MailedAsync("Emergency access was taken")).Length.ShouldBe(1);
        await NamesAsync(host,
            ["alert_channel_failed", "alert_channel_notice_delivered", "alert_channel_recovered", "alert_channel_notice_delivered"]);

        await receivers.Mail.StopAsync();
        host.Clock.Advance(TimeSpan.FromMinutes(10));
        await host.InvokeAsync("dora", "p-four");
        await Eventually.HoldsAsync(() => receivers.Hooked("channel_failed").Length == 2, "the next outage is told");
        await Eventually.HoldsAsync(() => receivers.Hooked("invoked").Length == 7, "and both of the case");
    }

    [Fact]
    public async Task Where_no_other_channel_leads_to_somebody_the_others_are_told()
    {
        await using BreakGlassHost host = await receivers.StartAsync();
        receivers.Webhook.Status = 500;
        await host.InvokeAsync("ada", "p-alone");

        // Compliance has the webhook alone; security sees to it.
        await Eventually.HoldsAsync(
            async () => (await receivers.MailedAsync("Alerts do not get through by compliance-hook")).Length == 1, "security is told");
        receivers.Hooked("channel_failed").ShouldBeEmpty();
    }

    private static Task NamesAsync(BreakGlassHost host, string[] names) => Eventually.HoldsAsync(
        async () => (await host.Store.LoadAsync(ChannelOutage.Streams.StreamId("soc-mail"))).Events.Select(stored => stored.Name)
            .SequenceEqual(names), $"its history is {string.Join(", ", names)}");
}
