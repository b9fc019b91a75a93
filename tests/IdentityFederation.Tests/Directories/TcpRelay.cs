using System.Net;
using System.Net.Sockets;

namespace AccessGov.IdentityFederation.Tests.Directories;

/// <summary>Carries bytes from a port of 127.0.0.1 to a server that has another address.</summary>
internal sealed class TcpRelay : IDisposable
{
    private readonly TcpListener listener;
    private readonly string host;
    private readonly int to;
    private int connections;
    private int cuts;

    public TcpRelay(int port, string host, int to)
    {
        (this.host, this.to) = (host, to);
        listener = new TcpListener(IPAddress.Loopback, port);
        listener.Start();
        _ = AcceptAsync();
    }

    /// <summary>A connection is cut when the server has sent so much.</summary>
    public long AnswerBytesMax { get; set; } = long.MaxValue;

    public int Cuts => Volatile.Read(ref cuts);

    public int Connections => Volatile.Read(ref connections);

    public void Dispose() => listener.Dispose();

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                TcpClient client = await listener.AcceptTcpClientAsync();
                Interlocked.Increment(ref connections);
                _ = CarryAsync(client);
            }
        }
        catch (Exception ended) when (ended is SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task CarryAsync(TcpClient client)
    {
        using TcpClient near = client, far = new();
        try
        {
            await far.ConnectAsync(host, to);
            await Task.WhenAny(near.GetStream().CopyToAsync(far.GetStream()), AnswerAsync(far.GetStream(), near.GetStream()));
        }
        catch (Exception ended) when (ended is IOException or SocketException)
        {
            // One of the ends went.
        }
    }

    private async Task AnswerAsync(NetworkStream from, NetworkStream into)
    {
        byte[] bytes = new byte[1024];
        for (long sent = 0; await from.ReadAsync(bytes) is > 0 and var count; sent += count)
        {
            if (sent > AnswerBytesMax)
            {
                Interlocked.Increment(ref cuts);
                return;
            }

            await into.WriteAsync(bytes.AsMemory(0, count));
        }
    }
}
