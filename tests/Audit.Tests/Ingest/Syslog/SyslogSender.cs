using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace AccessGov.Audit.Tests.Ingest.Syslog;

/// <summary>A sender of syslog over TLS.</summary>
internal sealed class SyslogSender : IAsyncDisposable
{
    private readonly TcpClient socket;

    private SyslogSender(TcpClient socket) => this.socket = socket;

    public SslStream Stream { get; private set; } = null!;

    public static async Task<SyslogSender> ConnectAsync(
        SyslogCertificates certificates, int port, X509Certificate2? certificate, string from = "127.0.0.1")
    {
        var sender = new SyslogSender(new TcpClient(new IPEndPoint(IPAddress.Parse(from), 0)));
        await sender.socket.ConnectAsync("127.0.0.1", port);
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.ImportFromPemFile(certificates.AuthorityFile);
        sender.Stream = new SslStream(sender.socket.GetStream());
        await sender.Stream.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = "localhost", ClientCertificates = certificate is null ? [] : [certificate],
            CertificateChainPolicy = policy,
        });
        return sender;
    }

    /// <summary>
    /// Whether the other side lets a sender with this certificate send: in TLS 1.3 it is refused only after the sender's handshake.
    /// </summary>
    public static async Task<bool> IsLetInAsync(
        SyslogCertificates certificates, int port, X509Certificate2? certificate, string message, string from = "127.0.0.1")
    {
        try
        {
            await using SyslogSender sender = await ConnectAsync(certificates, port, certificate, from);
            await sender.SendAsync(message);
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(2));
            return await sender.Stream.ReadAsync(new byte[1], patience.Token) > 0;
        }
        catch (OperationCanceledException)
        {
            // It says nothing and keeps the connection open.
            return true;
        }
        catch (Exception e) when (e is IOException or System.Security.Authentication.AuthenticationException)
        {
            return false;
        }
    }

    public Task SendAsync(string message) => SendAsync(Encoding.UTF8.GetBytes(message));

    public async Task SendAsync(byte[] message)
    {
        await Stream.WriteAsync(Encoding.ASCII.GetBytes($"{message.Length} "));
        await Stream.WriteAsync(message);
        await Stream.FlushAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await Stream.DisposeAsync();
        socket.Dispose();
    }
}
