using System.Net;
using System.Net.Sockets;

namespace AccessGov.Testing;

/// <summary>
/// Ports of the loopback address for servers that are told theirs before they start. They lie below the ports that the operating system gives out
/// itself (from 32768, ip_local_port_range), so that no connection and no listener on port 0 takes one meanwhile, and none is given twice by one process.
/// Safe for several threads.
/// </summary>
public static class FreePort
{
    private const int First = 10_000;
    private const int Count = 22_000;

    // Test programs run side by side: each begins elsewhere.
    private static int last = Random.Shared.Next(Count);

    /// <summary>A port that nobody listens on.</summary>
    public static int Next()
    {
        while (true)
        {
            int port = First + ((Interlocked.Increment(ref last) & int.MaxValue) % Count);
            try
            {
                using var listener = new TcpListener(IPAddress.Loopback, port);
                listener.Start();
                return port;
            }
            catch (SocketException taken) when (taken.SocketErrorCode == SocketError.AddressAlreadyInUse)
            {
                // The next one.
            }
        }
    }
}
