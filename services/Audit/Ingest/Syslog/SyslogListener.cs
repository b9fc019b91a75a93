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
    private readonly ConcurrentDictionary<Task, byte> connections = new();

    /// <summary>Wrong files and a taken port end the start, and not the first connection.</summary>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        if (options.Value.IsOn)
        {
            SyslogSenders.Handshake(options.Value);
            await base.StartAsync(cancellationToken);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var listener = new TcpListener(IPAddress.Parse(options.Value.Address), options.Value.Port);
        listener.Start();
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
        if (connections.Count >= options.Value.ConnectionsMax)
        {
            log.LogWarning("A connection from {Address} was closed: {Max} are open", AddressOf(socket), options.Value.ConnectionsMax);
            socket.Dispose();
            return;
        }

        Task serving = ServeAsync(socket, stopping);
        connections[serving] = 0;
        _ = serving.ContinueWith(
            ended => connections.TryRemove(ended, out _), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
    }

    private async Task ServeAsync(Socket socket, CancellationToken stopping)
    {
        await Task.Yield();
        string address = AddressOf(socket);
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
        using var patience = new CancellationTokenSource(options.Value.MessageTimeout, clock);
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
