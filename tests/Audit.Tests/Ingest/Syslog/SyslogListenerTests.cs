using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using AccessGov.Audit.Ingest;
using AccessGov.Audit.Ingest.Syslog;
using AccessGov.Audit.Tests.Ingest.Dicom;
using AccessGov.Testing;
using Npgsql;

namespace AccessGov.Audit.Tests.Ingest.Syslog;

public sealed class SyslogListenerTests : IDisposable
{
    private readonly SyslogCertificates certificates = new();
    private readonly int port = FreePort.Next();
    private int sent;

    public void Dispose() => certificates.Dispose();

    [Fact]
    public async Task What_a_sender_with_a_certificate_sends_is_taken_in_under_its_name()
    {
        await using AuditHost host = await StartAsync();
        IntakeCopy copy = await IntakeCopy.OfAsync(host);
        await using (SyslogSender sender = await ConnectAsync( certificates.Client("pacs-1")))
        {
            await sender.SendAsync(Message());
            await sender.SendAsync("<13>1 - - - - - - hello");
            await sender.SendAsync(Message());
        }

        IReadOnlyList<AuditRecord> records = await copy.HasAsync("syslog:pacs-1", 3);
        records.Select(record => record.Kind).ShouldBe(["dicom.110103", Unparsed.Kind, "dicom.110103"]);
    }

    [Fact]
    public async Task Nobody_sends_without_a_certificate_of_the_authority_for_clients_that_is_permitted()
    {
        await using AuditHost host = await StartAsync(("Audit:Syslog:PermittedSubjects:0", "pacs-1"));
        IntakeCopy copy = await IntakeCopy.OfAsync(host);
        using var strangers = new SyslogCertificates();

        (await IsLetInAsync( null, Message())).ShouldBeFalse("nobody");
        (await IsLetInAsync( strangers.Client("pacs-1"), Message())).ShouldBeFalse("another authority's");
        (await IsLetInAsync( certificates.Client("pacs-2"), Message())).ShouldBeFalse("not on the list");
        (await IsLetInAsync( certificates.Client("pacs-1", forServers: true), Message())).ShouldBeFalse("a server's");
        (await IsLetInAsync( certificates.Client("pacs-1", until: DateTimeOffset.UtcNow.AddHours(-1)), Message()))
            .ShouldBeFalse("expired");
        (await IsLetInAsync( certificates.Client("pacs-1"), Message())).ShouldBeTrue();

        (await copy.HasAsync("syslog:pacs-1", 1)).Count.ShouldBe(1);
        (await copy.AllAsync()).Count.ShouldBe(1);
        using HttpResponseMessage health = await host.Client.GetAsync("/health/ready");
        ((int?)JsonNode.Parse(await health.Content.ReadAsStringAsync())!["checks"]!["ingest"]!["data"]!["syslog_refused"]).ShouldBe(5);
    }

    [Fact]
    public async Task Long_messages_come_whole_and_of_longer_ones_the_beginning_is_kept()
    {
        await using AuditHost host = await StartAsync();
        IntakeCopy copy = await IntakeCopy.OfAsync(host);
        await using SyslogSender sender = await ConnectAsync( certificates.Client("pacs-1"));
        string filler = string.Concat(Enumerable.Range(0, 3_000)
            .Select(i => $"""<ParticipantObjectDetail type="Röntgen {i}" value="w6Q="/>"""));
        string message = Message().Replace("</ParticipantObjectName>", $"</ParticipantObjectName>{filler}", StringComparison.Ordinal);
        Encoding.UTF8.GetByteCount(message).ShouldBeGreaterThan(150_000);
        await sender.SendAsync(message);
        await sender.SendAsync("<13>1 - - - - - - " + new string('ü', SyslogFrames.MessageBytesMax));
        await sender.SendAsync(Message());

        IReadOnlyList<AuditRecord> records = await copy.HasAsync("syslog:pacs-1", 3);
        records.Select(record => (record.Kind, record.Reason)).ShouldBe(
            [("dicom.110103", null), (Unparsed.Kind, "truncated"), ("dicom.110103", null)]);
        records[0].PatientDetails!.Value.GetProperty("notes").EnumerateArray().Select(note => note.GetString())
            .ShouldContain("Röntgen 7=ä");
        records[1].PersonDetails!.Value.GetProperty("truncated_at_bytes").GetString().ShouldBe($"{SyslogFrames.MessageBytesMax}");
    }

    [Fact]
    public async Task What_is_cut_off_and_what_is_no_message_is_kept_and_the_connection_closed()
    {
        await using AuditHost host = await StartAsync(("Audit:Syslog:MessageTimeout", "00:00:02"));
        IntakeCopy copy = await IntakeCopy.OfAsync(host);
        await using (SyslogSender sender = await ConnectAsync( certificates.Client("cut")))
        {
            await sender.Stream.WriteAsync("100 <13>1 half"u8.ToArray());
        }

        await using SyslogSender broken = await ConnectAsync( certificates.Client("broken"));
        await broken.Stream.WriteAsync("GET / HTTP/1.1\r\n"u8.ToArray());
        (await broken.Stream.ReadAsync(new byte[1])).ShouldBe(0, "it is closed");
        await using SyslogSender slow = await ConnectAsync( certificates.Client("slow"));
        await slow.Stream.WriteAsync("100 <13>1 slow"u8.ToArray());
        (await slow.Stream.ReadAsync(new byte[1])).ShouldBe(0, "it is closed");

        (await copy.HasAsync("syslog:cut", 1))[0].Reason.ShouldBe("cut_off");
        (await copy.HasAsync("syslog:broken", 1))[0].Reason.ShouldBe("framing");
        (await copy.HasAsync("syslog:slow", 1))[0].Reason.ShouldBe("cut_off");
    }

    [Fact]
    public async Task Many_send_at_once_and_more_than_many_are_not_served()
    {
        await using AuditHost host = await StartAsync(
            ("Audit:Syslog:ConnectionsMax", "40"), ("Audit:Syslog:ConnectionsPerAddressMax", "40"));
        IntakeCopy copy = await IntakeCopy.OfAsync(host);
        X509Certificate2 certificate = certificates.Client("pacs-1");
        SyslogSender[] senders = await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => ConnectAsync( certificate)));
        (await IsLetInAsync( certificate, Message())).ShouldBeFalse();
        await Task.WhenAll(senders.Select(async sender =>
        {
            for (int i = 0; i < 25; i++)
            {
                await sender.SendAsync(Message());
            }
        }));

        (await copy.HasAsync("syslog:pacs-1", 1_000)).Select(record => record.EventId).Distinct().Count().ShouldBe(1_000);
        foreach (SyslogSender sender in senders)
        {
            await sender.DisposeAsync();
        }

        await Eventually.HoldsAsync(() => IsLetInAsync( certificate, Message()), "there is room again");
    }

    [Fact]
    public async Task On_a_port_that_is_taken_the_service_does_not_start()
    {
        using var other = new TcpListener(System.Net.IPAddress.Any, port);
        other.Start();
        await Should.ThrowAsync<SocketException>(() => StartAsync());
    }

    [Fact]
    public async Task One_address_takes_no_more_than_its_places()
    {
        await using AuditHost host = await StartAsync(("Audit:Syslog:ConnectionsPerAddressMax", "2"));
        X509Certificate2 certificate = certificates.Client("pacs-1");
        await using SyslogSender one = await ConnectAsync(certificate), two = await ConnectAsync(certificate);

        (await IsLetInAsync(certificate, Message())).ShouldBeFalse("two are open");
        (await SyslogSender.IsLetInAsync(certificates, port, certificate, Message(), from: "127.0.0.2")).ShouldBeTrue("another address");
        await two.DisposeAsync();
        await Eventually.HoldsAsync(() => IsLetInAsync(certificate, Message()), "there is room again");
    }

    [Fact]
    public async Task Whoever_does_not_finish_the_handshake_is_cut_off()
    {
        await using AuditHost host = await StartAsync(("Audit:Syslog:HandshakeTimeout", "00:00:00.500"));
        using var socket = new TcpClient();
        await socket.ConnectAsync("127.0.0.1", port);
        // The beginning of a record of TLS, and nothing more.
        await socket.GetStream().WriteAsync(new byte[] { 0x16, 0x03, 0x01 });

        (await socket.GetStream().ReadAsync(new byte[1]).AsTask().WaitAsync(TimeSpan.FromSeconds(20))).ShouldBe(0, "it is closed");
        using HttpResponseMessage health = await host.Client.GetAsync("/health/ready");
        ((int?)JsonNode.Parse(await health.Content.ReadAsStringAsync())!["checks"]!["ingest"]!["data"]!["syslog_refused"]).ShouldBe(1);
    }

    [Fact]
    public async Task No_more_is_read_than_is_durable_and_nothing_is_lost_while_the_database_is_away()
    {
        string data = Directory.CreateDirectory(Path.Combine(certificates.Folder, "postgres")).FullName;
        // PostgreSQL runs as another user where tests run as root.
        File.SetUnixFileMode(certificates.Folder, File.GetUnixFileMode(
            certificates.Folder) | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);
        PostgresServer server = await PostgresServer.StartPrivateAsync(dataDirectory: data);
        await using AuditHost host = await AuditHost.StartAsync(server, certificates.Settings(port));
        IntakeCopy copy = await IntakeCopy.OfAsync(host);
        await using SyslogSender sender = await ConnectAsync( certificates.Client("pacs-1"));
        await sender.SendAsync(Message());
        await copy.HasAsync("syslog:pacs-1", 1);

        server.Kill();
        string filler = new('x', 60_000);
        int queued = 0;
        try
        {
            // A sender that is not read from can write what the buffers between hold, and then waits.
            for (; queued < 2_000; queued++)
            {
                await sender.SendAsync($"{Message()}{filler}").WaitAsync(TimeSpan.FromSeconds(3));
            }
        }
        catch (TimeoutException)
        {
            // It waits.
        }

        queued.ShouldBeLessThan(2_000);
        await using PostgresServer again = await PostgresServer.StartPrivateAsync(
            new NpgsqlConnectionStringBuilder(host.Superuser).Port, data);
        (await copy.HasAsync("syslog:pacs-1", 1 + queued)).Select(record => record.EventId).Distinct().Count()
            .ShouldBeGreaterThanOrEqualTo(1 + queued);
    }

    [Fact]
    public async Task Without_its_files_the_service_does_not_start()
    {
        Dictionary<string, string?> settings = certificates.Settings(port);
        settings["Audit:Syslog:ClientAuthorityFile"] = null;
        (await Should.ThrowAsync<Exception>(() => AuditHost.StartAsync(settings: settings))).Message.ShouldContain(
            "Audit:Syslog:ClientAuthorityFile");
        settings["Audit:Syslog:ClientAuthorityFile"] = Path.Combine(certificates.Folder, "nowhere.pem");
        await Should.ThrowAsync<Exception>(() => AuditHost.StartAsync(settings: settings));
        using var socket = new TcpClient();
        await Should.ThrowAsync<SocketException>(() => socket.ConnectAsync("127.0.0.1", port));
    }

    private Task<AuditHost> StartAsync(params (string Name, string Value)[] more)
    {
        Dictionary<string, string?> settings = certificates.Settings(port);
        foreach ((string name, string value) in more)
        {
            settings[name] = value;
        }

        return AuditHost.StartAsync(settings: settings);
    }

    private Task<SyslogSender> ConnectAsync(X509Certificate2 certificate) => SyslogSender.ConnectAsync(certificates, port, certificate);

    private Task<bool> IsLetInAsync(X509Certificate2? certificate, string message) =>
        SyslogSender.IsLetInAsync(certificates, port, certificate, message);

    /// <summary>Another message each time.</summary>
    private string Message() => DicomMessages.Framed(DicomMessages.Accessed,
        $"<85>1 2026-11-27T18:40:01Z pacs1 PACS {Interlocked.Increment(ref sent)} IHE+RFC-3881 - ");
}
