using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Options;

namespace AccessGov.Audit.Ingest.Syslog;

/// <summary>Listens for syslog over TLS with certificates of both sides (RFC 5425, IHE ATNA).</summary>
internal sealed class SyslogListener(
    IOptions<SyslogOptions> options, Intake intake, IngestState state, TimeProvider clock, ILogger<SyslogListener> log) : BackgroundService
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);
    private readonly ConcurrentDictionary<Task, string> connections = new();
    private readonly TcpListener listener = new(IPAddress.Parse(options.Value.Address), options.Value.Port);

    /// <summary>Wrong files and a taken port end the start, and not the first connection.</summary>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        if (options.Value.IsOn)
        {
            SyslogSenders.Handshake(options.Value);
            listener.Start();
            await base.StartAsync(cancellationToken);
        }
    }

    public override void Dispose()
    {
        listener.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        state.Listens = true;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                Accept(await listener.AcceptSocketAsync(stoppingToken), stoppingToken);
            }
            catch (SocketException e)
            {
                log.LogWarning("A connection could not be accepted: {Failure}", e.Message);
                await Task.Delay(RetryAfter, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                break;
            }
        }

        state.Listens = false;
        listener.Stop();
        await Task.WhenAll(connections.Keys);
    }

    private void Accept(Socket socket, CancellationToken stopping)
    {
        string address = AddressOf(socket);
        int all = connections.Count, same = connections.Values.Count(other => other == address);
        if (all >= options.Value.ConnectionsMax || same >= options.Value.ConnectionsPerAddressMax)
        {
            state.CountRefused();
            log.LogWarning("A connection from {Address} was closed: {All} are open, {Same} of them from there", address, all, same);
            socket.Dispose();
            return;
        }

        Task serving = ServeAsync(socket, address, stopping);
        connections[serving] = address;
        _ = serving.ContinueWith(
            ended => connections.TryRemove(ended, out _), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
    }

    private async Task ServeAsync(Socket socket, string address, CancellationToken stopping)
    {
        await Task.Yield();
        try
        {
            await using var stream = new SslStream(new NetworkStream(socket, ownsSocket: true));
            if (await HandshakeAsync(stream, address, stopping) is { } source)
            {
                log.LogInformation("{Source} sends from {Address}", source, address);
                await new SyslogConnection(stream, source, intake, options.Value, clock, log).ReadAsync(stopping);
            }
        }
        catch (Exception e)
        {
            // One connection's end is not the listener's.
            log.LogError(e, "The connection from {Address} ended", address);
        }
    }

    /// <summary>The source, when the sender showed a certificate that may send.</summary>
    private async Task<string?> HandshakeAsync(SslStream stream, string address, CancellationToken stopping)
    {
        using var patience = new CancellationTokenSource(options.Value.HandshakeTimeout, clock);
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, stopping);
        try
        {
            await stream.AuthenticateAsServerAsync(SyslogSenders.Handshake(options.Value), bound.Token);
            return stream.RemoteCertificate is X509Certificate2 sender ? SyslogSenders.SourceOf(sender) : null;
        }
        catch (Exception e) when (e is AuthenticationException or IOException or OperationCanceledException or CryptographicException)
        {
            state.CountRefused();
            log.LogWarning("A connection from {Address} was refused: {Failure}", address, e.Message);
            return null;
        }
    }

    private static string AddressOf(Socket socket)
    {
        try
        {
            return (socket.RemoteEndPoint as IPEndPoint)?.Address.ToString() ?? "unknown";
        }
        catch (SocketException)
        {
            // It is gone already.
            return "unknown";
        }
    }
}
