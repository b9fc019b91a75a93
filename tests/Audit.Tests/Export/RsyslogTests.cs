using AccessGov.Audit.Export;
using AccessGov.Audit.Export.Destinations;
using AccessGov.Audit.Export.Formats;
using AccessGov.Audit.Trail;
using AccessGov.Testing;

namespace AccessGov.Audit.Tests.Export;

/// <summary>Export to a collector that others wrote.</summary>
public sealed class RsyslogTests
{
    private static readonly string Large = string.Concat(Enumerable.Repeat("Müller, Änne & Söhne ", 2_700));

    [Fact]
    public async Task A_collector_that_is_killed_in_the_middle_has_everything_in_the_end_and_holds_nobody_else_up()
    {
        await using Exporting exporting = await Exporting.StartAsync();
        using var authority = new IssuingAuthority(exporting.Folder);
        await using var rsyslog = CollectedEvents.New(exporting.Folder, authority);
        await using var other = new FhirServer();
        await other.StartAsync(authority);
        await rsyslog.StartAsync();
        Fill(exporting.Leaves, 300);
        DestinationState state = exporting.Serve("siem", Collector(exporting, authority, rsyslog));

        // It stands still, the network takes what is sent to it, and then it dies: what it has not read by then is gone.
        await Eventually.HoldsAsync(() => rsyslog.Messages().Count > 20, "rsyslog writes");
        await rsyslog.StandStillAsync();
        Fill(exporting.Leaves, 20);
        int written = rsyslog.Messages().Count;
        await Eventually.HoldsAsync(() => state.Report.Sent >= written + 10, "more is sent than is read");
        await rsyslog.KillAsync();
        Fill(exporting.Leaves, 280);
        await Eventually.HoldsAsync(() => state.Report.Status == "failing", "its end is noticed");
        exporting.Serve("repository", Repository(authority, other));
        await exporting.UntilAsync("repository", 600);
        (await exporting.PositionAsync("siem")).ShouldNotBe(600);
        await rsyslog.StartAsync();
        await exporting.UntilAsync("siem", 600);

        ILookup<long, (string Priority, long Sequence, string Kind, string Content)> received = rsyslog.Messages()
            .ToLookup(message => message.Sequence);
        IReadOnlyList<ReadOnlyMemory<byte>> leaves = await exporting.Leaves.ReadAsync(0, 600, CancellationToken.None);
        foreach (ReadOnlyMemory<byte> leaf in leaves)
        {
            var entry = TrailEntry.Parse(leaf);
            string content = Leaves.Utf8(DicomAuditXml.Of(new ExportedEvent(entry), Leaves.Origin));
            received[entry.Sequence].ShouldContain(("85", entry.Sequence, SyslogLine.DicomMessage, content),
                $"event {entry.Sequence} is there as a whole");
        }

        leaves.Max(leaf => DicomAuditXml.Of(new ExportedEvent(TrailEntry.Parse(leaf)), Leaves.Origin).Length).ShouldBeGreaterThan(62_000);
        other.Taken.Select(FhirServer.SequenceOf).ShouldBe(Enumerable.Range(0, 600).Select(number => (long)number));
    }

    [Fact]
    public async Task What_is_sent_over_one_connection_after_another_arrives()
    {
        await using Exporting exporting = await Exporting.StartAsync();
        using var authority = new IssuingAuthority(exporting.Folder);
        await using var rsyslog = CollectedEvents.New(exporting.Folder, authority);
        await rsyslog.StartAsync();
        DestinationOptions destination = Collector(exporting, authority, rsyslog);
        for (int connection = 0; connection < 3; connection++)
        {
            int sequence = exporting.Leaves.Count;
            exporting.Leaves.Add(Leaves.Leaf(sequence));
            ReadOnlyMemory<byte>[] leaves = [.. await exporting.Leaves.ReadAsync(sequence, 1, CancellationToken.None)];
            await using IExportSink sink = await SyslogSink.ConnectAsync(
                destination, Leaves.Origin, TimeProvider.System, CancellationToken.None);
            await sink.SendAsync([new ExportedEvent(TrailEntry.Parse(leaves[0]))], CancellationToken.None);
            await Eventually.HoldsAsync(
                () => rsyslog.Messages().Any(message => message.Sequence == sequence), $"connection {connection} is taken");
        }
    }

    [Fact]
    [Trait("Requirement", "S62")]
    public async Task OCSF_goes_there_too()
    {
        await using Exporting exporting = await Exporting.StartAsync();
        using var authority = new IssuingAuthority(exporting.Folder);
        await using var rsyslog = CollectedEvents.New(exporting.Folder, authority);
        await rsyslog.StartAsync();
        exporting.Leaves.Add(Leaves.Leaf(0, outcome: "denied", workstation: "Öse"));
        DestinationOptions destination = Collector(exporting, authority, rsyslog);
        destination.Format = ExportFormat.Ocsf;
        exporting.Serve("siem", destination);
        await exporting.UntilAsync("siem", 1);

        (string priority, _, string kind, string content) = rsyslog.Messages().Single();
        (priority, kind).ShouldBe(("84", "OCSF"));
        content.ShouldBe(Leaves.Utf8(JsonMembers.Bytes(OcsfJson.Of(new ExportedEvent(
            Leaves.Entry(Leaves.Leaf(0, outcome: "denied", workstation: "Öse"))), Leaves.Origin))));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    [Trait("Requirement", "S55")]
    public async Task Whoever_lacks_the_certificate_is_refused_and_nothing_counts_as_delivered(bool none)
    {
        await using Exporting exporting = await Exporting.StartAsync();
        using var authority = new IssuingAuthority(exporting.Folder);
        await using var rsyslog = CollectedEvents.New(exporting.Folder, authority);
        await rsyslog.StartAsync();
        exporting.Leaves.Add(Leaves.Leaf());
        DestinationOptions destination = Collector(exporting, authority, rsyslog);
        using var stranger = new IssuingAuthority(Directory.CreateDirectory(Path.Combine(exporting.Folder, "other")).FullName);
        (destination.CertificateFile, destination.KeyFile) = none ? (null, null) : stranger.Issue("accessgov-audit");
        DestinationState state = exporting.Serve("siem", destination);

        await Eventually.HoldsAsync(() => state.Report.LastErrorAt is not null, "it is refused");
        DateTimeOffset first = state.Report.LastErrorAt!.Value;
        await Eventually.HoldsAsync(() => state.Report.LastErrorAt > first + (destination.HoldBack * 2),
            "it is refused for longer than it takes to deliver");

        (await exporting.PositionAsync("siem"), rsyslog.Messages().Count).ShouldBe((0L, 0));
    }

    [Fact]
    public async Task A_collector_that_another_authority_vouches_for_is_told_nothing()
    {
        await using Exporting exporting = await Exporting.StartAsync();
        using var authority = new IssuingAuthority(exporting.Folder);
        await using var rsyslog = CollectedEvents.New(exporting.Folder, authority);
        await rsyslog.StartAsync();
        using var stranger = new IssuingAuthority(Directory.CreateDirectory(Path.Combine(exporting.Folder, "other")).FullName);
        exporting.Leaves.Add(Leaves.Leaf());
        DestinationOptions destination = Collector(exporting, authority, rsyslog);
        destination.CaFile = stranger.File;
        DestinationState state = exporting.Serve("siem", destination);

        await Eventually.HoldsAsync(() => state.Report.LastError is not null, "it is not trusted");
        state.Report.LastError!.ShouldContain("certificate");
        (state.Report.Sent, rsyslog.Messages().Count).ShouldBe((null, 0));
    }

    private static void Fill(Leaves leaves, int count)
    {
        for (int more = 0; more < count; more++)
        {
            leaves.Add(Leaves.Leaf(leaves.Count, actor: $"ärztin-{leaves.Count}", study: leaves.Count % 30 == 7 ? null : "1.2.3",
                patient: null,
                resource: leaves.Count % 30 == 7 ? Large[..25_500] : null));
        }
    }

    private static DestinationOptions Collector(Exporting exporting, IssuingAuthority authority, Rsyslog rsyslog)
    {
        (string certificate, string key) = authority.Issue("accessgov-audit");
        return new DestinationOptions
        {
            Kind = DestinationKind.SyslogTls, Address = $"localhost:{rsyslog.Port}", CaFile = authority.File, CertificateFile =
                certificate, KeyFile = key,
            HoldBack = TimeSpan.FromSeconds(5), BatchMax = 10, Patience = TimeSpan.FromSeconds(20),
        };
    }

    private static DestinationOptions Repository(IssuingAuthority authority, FhirServer server)
    {
        (string certificate, string key) = authority.Issue("accessgov-audit");
        return new DestinationOptions { Kind = DestinationKind.Fhir, Address = server.Address, CaFile = authority.File, CertificateFile =
            certificate, KeyFile = key };
    }
}
