using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.Versioning;

namespace AccessGov.Testing;

/// <summary>A mail server that takes mail over TLS only, and what it has taken.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class MailServer : IAsyncDisposable
{
    private readonly string home = Directory.CreateTempSubdirectory("accessgov-mail-").FullName;
    private readonly int port = FreePort.Next();
    private ChildProcess? server;

    /// <summary>A server that does not run yet.</summary>
    public MailServer() => TestAuthority.Write(home, home);

    /// <summary>Its authority (PEM).</summary>
    public string CaFile => Path.Combine(home, "ca.pem");

    /// <summary>The settings with which a service writes by it.</summary>
    public (string Name, string? Value)[] Settings =>
    [
        ("Mail:Host", "127.0.0.1"), ("Mail:Port", port.ToString(CultureInfo.InvariantCulture)),
        ("Mail:CaFile", CaFile), ("Mail:From", "AccessGov <accessgov@hospital.test>"),
        ("Mail:Help", "Ask extension 4711."),
    ];

    /// <summary>Starts it; it listens when this returns.</summary>
    public async Task StartAsync()
    {
        server = new ChildProcess(
            "/usr/bin/aiosmtpd",
            [
                "--nosetuid", "--listen", $"127.0.0.1:{port}", "--tlscert", Path.Combine(home, "certificate.pem"), "--tlskey",
                Path.Combine(home, "key.pem"), "--class", "mail_server.Refusing", Path.Combine(home, "mail"),
            ],
            new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["PYTHONPATH"] = WorkingCopy.PathOf("tests", "Testing"), ["PYTHONDONTWRITEBYTECODE"] = "1",
            });
        await Eventually.HoldsAsync(ListensAsync, "the mail server listens");
    }

    /// <summary>The texts of the mails that it has.</summary>
    public async Task<string[]> ReadAsync()
    {
        string folder = Path.Combine(home, "mail", "new");
        return Directory.Exists(folder) ? await Task.WhenAll(Directory.GetFiles(folder).Select(file => File.ReadAllTextAsync(file))) : [];
    }

    /// <summary>It is away; what it has taken stays.</summary>
    public async Task StopAsync()
    {
        await server!.DisposeAsync();
        server = null;
    }

    private async Task<bool> ListensAsync()
    {
        if (server!.HasExited)
        {
            throw new InvalidOperationException(server.Output);
        }

        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(IPAddress.Loopback, port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    /// <summary>Stops it, and removes what it has.</summary>
    public async ValueTask DisposeAsync()
    {
        if (server is not null)
        {
            await server.DisposeAsync();
        }

        Directory.Delete(home, recursive: true);
    }
}
