using System.Net;
using System.Net.Sockets;

namespace AccessGov.Testing;

/// <summary>A collector: Debian's rsyslog, which takes syslog over TLS from whoever has the certificate of one name.</summary>
public sealed class Rsyslog : IAsyncDisposable
{
    private readonly string folder;
    private ChildProcess? process;

    /// <summary>A collector that does not run yet.</summary>
    /// <param name="folder">Where it keeps what it takes.</param>
    /// <param name="authority">Who vouches for it and for whoever sends.</param>
    /// <param name="peer">The name in the certificate of whoever may send.</param>
    /// <param name="line">What it writes of each message, in rsyslog's words.</param>
    public Rsyslog(string folder, IssuingAuthority authority, string peer, string line)
    {
        this.folder = folder;
        (string certificate, string key) = authority.Issue("localhost", IPAddress.Loopback);
        File.WriteAllText(Path.Combine(folder, "rsyslog.conf"), $$"""
            global(workDirectory="{{folder}}" maxMessageSize="256k" DefaultNetstreamDriverCAFile="{{authority.File}}"
              DefaultNetstreamDriverCertFile="{{certificate}}" DefaultNetstreamDriverKeyFile="{{key}}")
            module(load="imtcp" StreamDriver.Name="ossl" StreamDriver.Mode="1" StreamDriver.AuthMode="x509/name" PermittedPeer=[
                "{{peer}}"])
            input(type="imtcp" address="127.0.0.1" port="{{Port}}" ruleset="received")
            template(name="received" type="string" string="{{line}}\n")
            ruleset(name="received") { action(type="omfile" file="{{Received}}" template="received") }

            """);
    }

    /// <summary>Where it listens.</summary>
    public int Port { get; } = FreePort.Next();

    private string Received => Path.Combine(folder, "received");

    /// <summary>What it has written; a line that it was killed in is whatever it is.</summary>
    public IReadOnlyList<string> Lines()
    {
        if (!File.Exists(Received))
        {
            return [];
        }

        using var shared = new FileStream(Received, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var reader = new StreamReader(shared);
        return reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    /// <summary>Starts it; it listens when this returns.</summary>
    public async Task StartAsync()
    {
        process = new ChildProcess(
            "rsyslogd", ["-n", "-f", Path.Combine(folder, "rsyslog.conf"), "-i", Path.Combine(folder, "rsyslog.pid")]);
        await Eventually.HoldsAsync(
            async () =>
            {
                if (process.HasExited)
                {
                    throw new InvalidOperationException(process.Output);
                }

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
        await using var stop = new ChildProcess("kill", ["-STOP", pid]);
        if (await stop.ExitCodeAsync(Eventually.Bound) != 0)
        {
            throw new InvalidOperationException(stop.Output);
        }
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

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await KillAsync();
}
