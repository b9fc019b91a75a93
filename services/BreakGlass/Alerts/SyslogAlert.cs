using System.Globalization;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace AccessGov.BreakGlass.Alerts;

/// <summary>
/// Sends an alert to a collector: RFC 5424 over TLS with both certificates (RFC 5425), a connection for each, as alerts are few. The
/// protocol has no answers: what the collector's machine took counts as taken, unless it hangs up at once. Thread-safe.
/// </summary>
internal sealed class SyslogAlert
{
    private const int SecurityAlert = (10 * 8) + 1;

    /// <summary>Null when it was taken, else a code; what fails otherwise is thrown.</summary>
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

            // Collectors that ask for a certificate and name no session context (rsyslog) break off what takes a session up again.
            AllowTlsResume = false,
        }, cancellation);
        byte[] message = Encoding.UTF8.GetBytes(MessageOf(alert));
        await stream.WriteAsync((byte[])[.. Encoding.ASCII.GetBytes($"{message.Length} "), .. message], cancellation);
        await stream.FlushAsync(cancellation);
        if (await IsClosedAsync(stream, channel.Patience / 4, cancellation))
        {
            return "refused";
        }

        await stream.ShutdownAsync();
        return null;
    }

    /// <summary>A collector that does not want whoever sends learns their name after we count as connected, and hangs up.</summary>
    private static async Task<bool> IsClosedAsync(SslStream stream, TimeSpan within, CancellationToken cancellation)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        over.CancelAfter(within);
        try
        {
            return await stream.ReadAsync(new byte[1], over.Token) == 0;
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return false;
        }
    }

    /// <summary>Ids are free of what structured data (RFC 5424, 6.3.3) escapes only by habit, so it is escaped.</summary>
    internal static string MessageOf(Alert alert)
    {
        string practice = alert.Practice ? "true" : "false";
        string about = alert.Channel is { } channel ? $" channel=\"{Escaped(channel)}\" failure=\"{Escaped(alert.Failure ?? "")}\"" : "";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"<{SecurityAlert}>1 {alert.At.UtcDateTime:yyyy-MM-ddTHH:mm:ss.ffffffZ} - accessgov-break-glass - {alert.Kind} ")
            + $"[emergency@32473 case=\"{Escaped(alert.Case)}\" person=\"{Escaped(alert.Person)}\" audience=\"{Escaped(alert.Audience)}\" "
            + $"reason=\"{alert.ReasonCode}\" practice=\"{practice}\"{about}] {alert.Subject}";
    }

    private static string Escaped(string value) =>
        value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)
        .Replace("]", "\\]", StringComparison.Ordinal);
}
