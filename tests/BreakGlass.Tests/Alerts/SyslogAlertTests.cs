using System.Text.Json.Nodes;
using AccessGov.Testing;

namespace AccessGov.BreakGlass.Tests.Alerts;

/// <summary>Alerts to a collector that others wrote: Debian's rsyslog, with certificates of both.</summary>
public sealed class SyslogAlertTests : IAsyncLifetime
{
    private const string Name = "accessgov-break-glass";
    private readonly AlertReceivers receivers = new();
    private readonly string folder = Directory.CreateTempSubdirectory("accessgov-alerts-").FullName;
    private readonly IssuingAuthority authority;
    private readonly Rsyslog collector;

    public SyslogAlertTests()
    {
        authority = new IssuingAuthority(folder);
        collector = new Rsyslog(folder, authority, Name, "%pri% %app-name% %msgid% %structured-data%%msg%");
    }

    public async Task InitializeAsync()
    {
        await receivers.InitializeAsync();
        await collector.StartAsync();
    }

    public async Task DisposeAsync()
    {
        await collector.DisposeAsync();
        await receivers.DisposeAsync();
        authority.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    [Trait("Requirement", "S34")]
    public async Task The_collector_has_it_and_when_it_dies_the_next_channel_tells_that_too()
    {
        await using BreakGlassHost host = await StartAsync(authority.Issue(Name), authority.File);
        string id = await host.InvokeAsync("ada", "p-secret-number");
        await Eventually.HoldsAsync(() => collector.Lines().Count == 1, "the collector has it");
        string line = collector.Lines().Single();
        line.ShouldStartWith("81 accessgov-break-glass invoked [emergency@32473 ");
        line.ShouldContain($"case=\"{id}\" person=\"ada\" audience=\"security\"");
        line.ShouldEndWith("Emergency access was taken");
        line.ShouldNotContain("p-secret-number");
        await AlertReceivers.HistoryAsync(host, id, "emergency_alert_delivered", "siem");

        await collector.KillAsync();
        string next = await host.InvokeAsync("bob", "p-later");
        await AlertReceivers.HistoryAsync(host, next, "emergency_alert_failed", "siem");
        await Eventually.HoldsAsync(
            async () => (await receivers.MailedAsync("Emergency access was taken")).Length == 1
                && (await receivers.MailedAsync("Alerts do not get through by siem")).Length == 1,
            "security is written to, also of the collector");
        (await receivers.MailedAsync("Emergency access was taken")).Single().ShouldContain("siem failed");

        await collector.StartAsync();
        await host.InvokeAsync("carl", "p-again");
        await Eventually.HoldsAsync(
            () => collector.Lines().Any(told => told.Contains("channel_recovered", StringComparison.Ordinal)),
            "it works again, and says so");
    }

    /// <param name="theirs">Whether we trust the collector's authority.</param>
    /// <param name="ours">Whether the collector trusts the authority of our certificate.</param>
    [Theory]
    [InlineData(false, true)]
    [InlineData(true, false)]
    public async Task A_collector_that_does_not_know_us_or_whom_we_do_not_know_took_nothing(bool theirs, bool ours)
    {
        using var stranger = new IssuingAuthority(Directory.CreateDirectory(Path.Combine(folder, "other")).FullName);
        await using BreakGlassHost host = await StartAsync(
            (ours ? authority : stranger).Issue(Name), theirs ? authority.File : stranger.File);
        string id = await host.InvokeAsync("ada", "p-stranger");
        await Eventually.HoldsAsync(
            async () => (await receivers.MailedAsync("Emergency access was taken")).Length == 1, "security is written to");
        JsonNode failed = await AlertReceivers.HistoryAsync(host, id, "emergency_alert_failed", "siem");
        failed["data"]!["failure"]!.GetValue<string>().ShouldBeOneOf(theirs ? ["refused", "broken", "not_trusted"] : ["not_trusted"]);
        collector.Lines().ShouldBeEmpty();
    }

    private Task<BreakGlassHost> StartAsync((string Certificate, string Key) own, string trusted) => receivers.StartAsync(
        ("BreakGlass:Alerts:Audiences:security:0", "siem"), ("BreakGlass:Alerts:Audiences:security:1", "soc-mail"),
        ("BreakGlass:Alerts:Channels:siem:Kind", "Syslog"), ("BreakGlass:Alerts:Channels:siem:Collector", $"localhost:{collector.Port}"),
        ("BreakGlass:Alerts:Channels:siem:CaFile", trusted), ("BreakGlass:Alerts:Channels:siem:CertificateFile", own.Certificate),
        ("BreakGlass:Alerts:Channels:siem:KeyFile", own.Key), ("BreakGlass:Alerts:Channels:siem:Patience", "00:00:10"));
}
