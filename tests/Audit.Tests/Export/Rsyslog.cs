using System.Net;
using System.Net.Sockets;
using AccessGov.Testing;

namespace AccessGov.Audit.Tests.Export;

/// <summary>A collector: Debian's rsyslog, which takes syslog over TLS from whoever has the certificate of accessgov-audit.</summary>
internal sealed class Rsyslog : IAsyncDisposable
{
    private readonly string folder;
    private ChildProcess? process;

    public Rsyslog(string folder, TestAuthority authority)
    {
        this.folder = folder;
        (string certificate, string key) = authority.Issue("localhost", IPAddress.Loopback);
        File.WriteAllText(Path.Combine(folder, "rsyslog.conf"), $$"""
            global(workDirectory="{{folder}}" maxMessageSize="256k" DefaultNetstreamDriverCAFile="{{authority.File}}"
              DefaultNetstreamDriverCertFile="{{certificate}}" DefaultNetstreamDriverKeyFile="{{key}}")
            module(load="imtcp" StreamDriver.Name="ossl" StreamDriver.Mode="1" StreamDriver.AuthMode="x509/name" PermittedPeer=[
                "accessgov-audit"])
            input(type="imtcp" address="127.0.0.1" port="{{Port}}" ruleset="received")
            template(name="received" type="string" string="%pri% %procid% %msgid% %msg%\n")
            ruleset(name="received") { action(type="omfile" file="{{Received}}" template="received") }

            """);
    }

    public int Port { get; } = FreePort.Next();

    private string Received => Path.Combine(folder, "received");

    /// <summary>What it has written, by the number of the event; a line that it was killed in is whatever it is.</summary>
    public IReadOnlyList<(string Priority, long Sequence, string Kind, string Content)> Messages()
    {
        if (!File.Exists(Received))
        {
            return [];
        }

        using var shared = new FileStream(Received, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var reader = new StreamReader(shared);
        return [.. reader.ReadToEnd().Split('\n').Select(line => line.Split(' ', 4))
            .Where(parts => parts.Length == 4 && long.TryParse(parts[1], out _))
            .Select(parts => (parts[0], long.Parse(parts[1]), parts[2], parts[3]))];
    }

    public async Task StartAsync()
    {
        process = new ChildProcess("rsyslogd", ["-n", "-f", Path.Combine(folder, "rsyslog.conf"), "-i",
            Path.Combine(folder, "rsyslog.pid")]);
        await Eventually.HoldsAsync(
            async () =>
            {
                process.HasExited.ShouldBeFalse(process.Output);
                using var client = new TcpClient();
                try
                {
                    await client.ConnectAsync(IPAddress.Loopback, Port);
                    return true;
                }
                catch (SocketException)
                {
                    return false;
                }
            }, "rsyslog listens");
    }

    /// <summary>SIGSTOP: its connections stay, and it reads nothing.</summary>
    public async Task StandStillAsync()
    {
        string pid = (await File.ReadAllTextAsync(Path.Combine(folder, "rsyslog.pid"))).Trim();
        (await Tool.RunAsync("kill", "-STOP", pid)).Code.ShouldBe(0);
    }

    /// <summary>As a power cut does: SIGKILL.</summary>
    public async Task KillAsync()
    {
        if (Interlocked.Exchange(ref process, null) is { } running)
        {
            await running.DisposeAsync();
            File.Delete(Path.Combine(folder, "rsyslog.pid"));
        }
    }

    public async ValueTask DisposeAsync() => await KillAsync();
}
