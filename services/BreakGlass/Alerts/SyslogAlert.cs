using System.Globalization;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace AccessGov.BreakGlass.Alerts;

/// <summary>
/// Sends an alert to a collector: RFC 5424 over TLS with both certificates (RFC 5425), a connection for each, as alerts are few. The protocol
/// has no answers: what the collector's machine took counts as taken. Thread-safe.
/// </summary>
internal sealed class SyslogAlert
{
    private const int SecurityAlert = (10 * 8) + 1;

    /// <summary>Null: what fails is thrown.</summary>
    public async Task<string?> SendAsync(ChannelOptions channel, Alert alert, CancellationToken cancellation)
    {
        (string host, int port) = channel.Endpoint!.Value;
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(host, port, cancellation);
        await using var stream = new SslStream(new NetworkStream(socket, ownsSocket: false));
        using var own = X509Certificate2.CreateFromPemFile(channel.CertificateFile!, channel.KeyFile);
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.ImportFromPemFile(channel.CaFile!);
        await stream.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = host, EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13, CertificateChainPolicy = policy,
            ClientCertificateContext = SslStreamCertificateContext.Create(own, null, offline: true),
        }, cancellation);
        byte[] message = Encoding.UTF8.GetBytes(MessageOf(alert));
        await stream.WriteAsync((byte[])[.. Encoding.ASCII.GetBytes($"{message.Length} "), .. message], cancellation);
        await stream.FlushAsync(cancellation);
        await stream.ShutdownAsync();
        return null;
    }

    /// <summary>Ids are free of what structured data (RFC 5424, 6.3.3) escapes only by habit, so it is escaped.</summary>
    internal static string MessageOf(Alert alert) => string.Create(
        CultureInfo.InvariantCulture,
        $"<{SecurityAlert}>1 {alert.At.UtcDateTime:yyyy-MM-ddTHH:mm:ss.ffffffZ} - accessgov-break-glass - {alert.Kind} [emergency@32473 case=\"{Escaped(alert.Case)}\" person=\"{Escaped(alert.Person)}\" audience=\"{Escaped(alert.Audience)}\" reason=\"{alert.ReasonCode}\" practice=\"{(alert.Practice ? "true" : "false")}\"] {alert.Subject}");

    private static string Escaped(string value) => value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)
        .Replace("]", "\\]", StringComparison.Ordinal);
}
