using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using AccessGov.Audit.Export.Formats;

namespace AccessGov.Audit.Export.Destinations;

/// <summary>
/// Syslog over TLS (RFC 5425). The protocol has no answers: a collector that dies takes along what it had been sent and not yet read. So
/// what was sent counts
/// as delivered when the connection was good for <see cref="DestinationOptions.HoldBack"/> after it: the collector's end of a connection
/// is heard at once, and a
/// network that stops taking bytes ends the connection in half that time.
/// </summary>
internal sealed class SyslogSink : IExportSink
{
    private const int TcpUserTimeout = 18;
    private readonly Queue<(long At, long Size)> underway = new();
    private readonly Socket socket;
    private readonly SslStream stream;
    private readonly DestinationOptions destination;
    private readonly ExportOrigin origin;
    private readonly TimeProvider clock;
    private long? delivered;

    private SyslogSink(Socket socket, SslStream stream, DestinationOptions destination, ExportOrigin origin, TimeProvider clock)
    {
        (this.socket, this.stream, this.destination, this.origin, this.clock) = (socket, stream, destination, origin, clock);
        Over = ListenAsync();
    }

    public Task Over { get; }

    public long? Delivered
    {
        get
        {
            // Whether it is good is asked after the time has passed: an end that came in time is seen here.
            while (underway.TryPeek(out (long At, long Size) oldest) && clock.GetElapsedTime(oldest.At) >= destination.HoldBack
                && NothingIsHeard)
            {
                underway.Dequeue();
                delivered = oldest.Size;
            }

            return delivered;
        }
    }

    public static async Task<IExportSink> ConnectAsync(DestinationOptions destination, ExportOrigin origin, TimeProvider clock,
        CancellationToken cancellation)
    {
        (string host, int port) = destination.Endpoint;
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(destination.Patience);
        var opening = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        SslStream? secured = null;
        try
        {
            opening.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
            opening.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, 10);
            opening.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, 5);
            opening.SetRawSocketOption((int)SocketOptionLevel.Tcp, TcpUserTimeout,
                BitConverter.GetBytes((int)destination.HoldBack.TotalMilliseconds / 2));
            await opening.ConnectAsync(host, port, patience.Token);
            secured = new SslStream(new NetworkStream(opening));
            await secured.AuthenticateAsClientAsync(TlsFiles.Of(destination, host), patience.Token);
            return new SyslogSink(opening, secured, destination, origin, clock);
        }
        catch (Exception failure)
        {
            secured?.Dispose();
            opening.Dispose();
            throw failure is OperationCanceledException && !cancellation.IsCancellationRequested
                ? new ExportRefusedException($"No connection within {destination.Patience}.")
                : failure;
        }
    }

    public async Task SendAsync(IReadOnlyList<ExportedEvent> events, CancellationToken cancellation)
    {
        using var frames = new MemoryStream();
        foreach (ExportedEvent one in events)
        {
            byte[] message = Message(one);
            frames.Write(Encoding.ASCII.GetBytes($"{message.Length} "));
            frames.Write(message);
        }

        // A collector that stands still fills the buffers between us: then nothing is written for the patience of the destination.
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(destination.Patience);
        try
        {
            await stream.WriteAsync(frames.GetBuffer().AsMemory(0, (int)frames.Length), patience.Token);
            await stream.FlushAsync(patience.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new ExportRefusedException($"The collector takes nothing since {destination.Patience}.");
        }

        underway.Enqueue((clock.GetTimestamp(), events[^1].Entry.Sequence + 1));
    }

    public async ValueTask DisposeAsync()
    {
        await stream.DisposeAsync();
        socket.Dispose();
        await Over;
    }

    /// <summary>
    /// Collectors say nothing: what there is to read, even if nobody has read it yet, is the end, or is read in a moment.
    /// </summary>
    private bool NothingIsHeard => !Over.IsCompleted && !socket.Poll(0, SelectMode.SelectRead);

    private byte[] Message(ExportedEvent one) => destination.FormatOrDefault == ExportFormat.Ocsf
        ? SyslogLine.Of(one.Entry, origin, SyslogLine.OcsfMessage, JsonMembers.Bytes(OcsfJson.Of(one, origin)))
        : SyslogLine.Of(one.Entry, origin, SyslogLine.DicomMessage, DicomAuditXml.Of(one, origin, purpose: destination.PurposeOfUse));

    /// <summary>Reads until the end.</summary>
    private async Task ListenAsync()
    {
        byte[] buffer = new byte[256];
        try
        {
            while (await stream.ReadAsync(buffer) > 0)
            {
            }
        }
        catch (Exception end) when (end is IOException or ObjectDisposedException or InvalidOperationException)
        {
            // However it ended, it is over.
        }
    }
}
