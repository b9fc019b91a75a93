using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using AccessGov.Audit.Ingest;
using AccessGov.Audit.Tests.Ingest.Dicom;
using AccessGov.Testing;

namespace AccessGov.Audit.Tests.Ingest.Syslog;

/// <summary>Other people's programs send to us: Debian's rsyslog as a relay of a hospital, and openssl.</summary>
public sealed class RsyslogTests : IDisposable
{
    private readonly SyslogCertificates certificates = new();
    private readonly int port = FreePort.Next();
    private readonly int relay = FreePort.Next();

    public void Dispose() => certificates.Dispose();

    [Fact]
    [Trait("Requirement", "S55")]
    public async Task Rsyslog_sends_us_audit_messages_over_mutual_TLS()
    {
        await using AuditHost host = await AuditHost.StartAsync(settings: certificates.Settings(port));
        IntakeCopy copy = await IntakeCopy.OfAsync(host);
        certificates.Client("relay-1").Dispose();
        await using ChildProcess rsyslog = await StartAsync("relay-1");
        string long64 = DicomMessages.Accessed.Replace("</ParticipantObjectName>", "</ParticipantObjectName>" + string.Concat(
            Enumerable.Range(0, 1_200).Select(i => $"""<ParticipantObjectDetail type="Größe {i}" value="w6Q="/>""")),
                StringComparison.Ordinal);
        Encoding.UTF8.GetByteCount(long64).ShouldBeGreaterThan(64 * 1024);
        string[] messages = [DicomMessages.Accessed, long64, DicomMessages.OldForm.ReplaceLineEndings(""), "hello from a switch"];
        using (var client = new TcpClient())
        {
            await client.ConnectAsync("127.0.0.1", relay);
            foreach (string message in messages)
            {
                byte[] bytes = Encoding.UTF8.GetBytes(DicomMessages.Framed(message));
                await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes($"{bytes.Length} "));
                await client.GetStream().WriteAsync(bytes);
            }
        }

        IReadOnlyList<AuditRecord> records = await copy.HasAsync("syslog:relay-1", 4);
        records.Select(record => record.Kind).ShouldBe(["dicom.110103", "dicom.110103", "dicom.110103", Unparsed.Kind], rsyslog.Output);
        records.Take(3).ShouldAllBe(record => record.Patient == "4711" && record.Study == "1.2.840.5.1");
        records[0].PatientDetails!.Value.GetProperty("name").GetString().ShouldBe("Müller^Änne");
        records[1].PatientDetails!.Value.GetProperty("notes").EnumerateArray().Select(note => note.GetString()).ShouldContain("Größe 42=ä");
        records[3].PersonDetails!.Value.ToString().ShouldContain("hello from a switch");
    }

    [Fact]
    public async Task Rsyslog_without_a_certificate_sends_nothing()
    {
        await using AuditHost host = await AuditHost.StartAsync(settings: certificates.Settings(port));
        IntakeCopy copy = await IntakeCopy.OfAsync(host);
        using var strangers = new SyslogCertificates();
        strangers.Client("relay-1").Dispose();
        File.Copy(strangers.FileOf("relay-1"), certificates.FileOf("relay-1"));
        File.Copy(strangers.KeyOf("relay-1"), certificates.KeyOf("relay-1"));
        await using ChildProcess rsyslog = await StartAsync("relay-1");
        using (var client = new TcpClient())
        {
            await client.ConnectAsync("127.0.0.1", relay);
            await client.GetStream().WriteAsync(Encoding.UTF8.GetBytes("17 <13>1 - - - - - -"));
        }

        await Eventually.HoldsAsync(() => RefusedAsync(host), "it was refused");
        (await copy.AllAsync()).ShouldBeEmpty();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Openssl_is_let_in_with_a_certificate_only(bool withCertificate)
    {
        await using AuditHost host = await AuditHost.StartAsync(settings: certificates.Settings(port));
        IntakeCopy copy = await IntakeCopy.OfAsync(host);
        certificates.Client("by-hand").Dispose();
        byte[] message = Encoding.UTF8.GetBytes(DicomMessages.Framed(DicomMessages.Accessed));
        string[] shown = withCertificate ? ["-cert", certificates.FileOf("by-hand"), "-key", certificates.KeyOf("by-hand")] : [];
        using Process openssl = Process.Start(new ProcessStartInfo(
            "openssl", ["s_client", "-quiet", "-no_ign_eof", "-verify_return_error", "-CAfile", certificates.AuthorityFile, "-connect",
                $"127.0.0.1:{port}", .. shown])
        {
            UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        })!;
        try
        {
            await openssl.StandardInput.BaseStream.WriteAsync((byte[])[.. Encoding.ASCII.GetBytes($"{message.Length} "), .. message]);
            openssl.StandardInput.Close();
        }
        catch (IOException) when (!withCertificate)
        {
            // It was refused before it could write.
        }

        string said = await openssl.StandardError.ReadToEndAsync();
        await openssl.WaitForExitAsync();
        if (withCertificate)
        {
            (await copy.HasAsync("syslog:by-hand", 1))[0].Actor.ShouldBe("ada@hospital", said);
        }
        else
        {
            await Eventually.HoldsAsync(() => RefusedAsync(host), "it was refused");
            (await copy.AllAsync()).ShouldBeEmpty();
        }
    }

    private static async Task<bool> RefusedAsync(AuditHost host) =>
        (int?)JsonNode.Parse(await host.Client.GetStringAsync("/health/ready"))!["checks"]!["ingest"]!["data"]!["syslog_refused"] > 0;

    /// <summary>A relay that takes what comes from one port and sends it to us.</summary>
    private async Task<ChildProcess> StartAsync(string name)
    {
        string file = Path.Combine(certificates.Folder, "rsyslog.conf");
        await File.WriteAllTextAsync(file,
            $"""
            global(workDirectory="{certificates.Folder}" maxMessageSize="256k" defaultNetstreamDriver="ossl"
              defaultNetstreamDriverCAFile="{certificates.AuthorityFile}"
              defaultNetstreamDriverCertFile="{certificates.FileOf(name)}"
              defaultNetstreamDriverKeyFile="{certificates.KeyOf(name)}")
            module(load="imptcp")
            template(name="as-it-came" type="string" string="%rawmsg%")
            input(type="imptcp" address="127.0.0.1" port="{relay}")
            action(type="omfwd" target="localhost" port="{port}" protocol="tcp" TCP_Framing="octet-counted"
              template="as-it-came" action.resumeRetryCount="-1"
              action.resumeInterval="1" StreamDriver="ossl" StreamDriverMode="1"
              StreamDriverAuthMode="x509/name" StreamDriverPermittedPeers="localhost")
            """);
        var rsyslog = new ChildProcess("rsyslogd", ["-n", "-f", file, "-i", Path.Combine(certificates.Folder, "rsyslog.pid")]);
        await Eventually.HoldsAsync(async () =>
        {
            using var client = new TcpClient();
            try
            {
                await client.ConnectAsync("127.0.0.1", relay);
                return true;
            }
            catch (SocketException e)
            {
                return rsyslog.HasExited ? throw new InvalidOperationException(rsyslog.Output, e) : false;
            }
        }, "rsyslog listens");
        return rsyslog;
    }
}
