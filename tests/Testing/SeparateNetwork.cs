using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Xunit;

namespace AccessGov.Testing;

/// <summary>
/// A network namespace with two links to this process: one on which callers ask whoever runs inside, and one on which the inside reaches ports of
/// this machine. The second can be cut as a cable is: packets get lost, and nobody is told.
/// </summary>
public sealed class SeparateNetwork : IAsyncDisposable
{
    private readonly string name;
    private readonly string prefix;
    private readonly List<TcpListener> listeners = [];
    private readonly List<Task> relaying = [];
    private readonly CancellationTokenSource stop = new();

    private SeparateNetwork(string name, string prefix)
    {
        this.name = name;
        this.prefix = prefix;
    }

    /// <summary>Where the outside reaches the inside.</summary>
    public string Inside => $"{prefix}.2";

    /// <summary>Where the inside finds ports of this machine that it loses when the cable is cut.</summary>
    public string RelayHost => $"{prefix}.5";

    /// <summary>Where the inside finds those that it keeps.</summary>
    public string KeptHost => $"{prefix}.1";

    /// <summary>What to put before a command so that it runs inside.</summary>
    public string[] Enter => ["ip", "netns", "exec", name];

    /// <summary>Makes one, with nothing inside.</summary>
    public static SeparateNetwork Make()
    {
        // The name of a link has at most 15 characters.
        string namespaceName = $"agov{RandomNumberGenerator.GetInt32(100_000)}";
        // 198.18.0.0/15 is set aside for tests of networks (RFC 2544): nothing real is hidden.
        string network = $"198.{18 + RandomNumberGenerator.GetInt32(2)}.{RandomNumberGenerator.GetInt32(256)}";
        Run("netns", "add", namespaceName);
        Link(namespaceName, $"{namespaceName}c", network, 1, 2);
        Link(namespaceName, $"{namespaceName}d", network, 5, 6);
        Run("-n", namespaceName, "link", "set", "lo", "up");
        return new SeparateNetwork(namespaceName, network);
    }

    /// <summary>Lets the inside reach a port of this machine, and answers the port that it finds there.</summary>
    /// <param name="port">The port, on the loopback address.</param>
    /// <param name="kept">Whether it still does when the cable is cut.</param>
    public int Relay(int port, bool kept = false)
    {
        var listener = new TcpListener(IPAddress.Parse(kept ? KeptHost : RelayHost), 0);
        listener.Start();
        listeners.Add(listener);
        relaying.Add(RelayAsync(listener, port));
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>Whether this machine lets us.</summary>
    public static bool IsAllowed()
    {
        string probe = $"accessgov-probe{RandomNumberGenerator.GetInt32(100_000)}";
        return TryRun("netns", "add", probe) && TryRun("netns", "delete", probe);
    }

    /// <summary>Cuts the cable.</summary>
    public void Cut() => Run("link", "set", $"{name}d", "down");

    /// <summary>Puts it together again.</summary>
    public void Mend() => Run("link", "set", $"{name}d", "up");

    /// <summary>Takes it away; whoever runs inside has ended.</summary>
    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        listeners.ForEach(listener => listener.Stop());
        await Task.WhenAll(relaying).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        stop.Dispose();
        // The links go with their other ends.
        TryRun("netns", "delete", name);
    }

    private static void Link(string namespaceName, string link, string network, int outside, int inside)
    {
        string other = $"{link}i";
        Run("link", "add", link, "type", "veth", "peer", "name", other);
        Run("link", "set", other, "netns", namespaceName);
        Run("address", "add", $"{network}.{outside}/30", "dev", link);
        Run("link", "set", link, "up");
        Run("-n", namespaceName, "address", "add", $"{network}.{inside}/30", "dev", other);
        Run("-n", namespaceName, "link", "set", other, "up");
    }

    private async Task RelayAsync(TcpListener listener, int port)
    {
        while (true)
        {
            TcpClient accepted = await listener.AcceptTcpClientAsync(stop.Token);
            _ = PassAsync(accepted, port);
        }
    }

    private async Task PassAsync(TcpClient accepted, int port)
    {
        using TcpClient inside = accepted;
        using var outside = new TcpClient();
        try
        {
            await outside.ConnectAsync(IPAddress.Loopback, port, stop.Token);
            await Task.WhenAny(
                inside.GetStream().CopyToAsync(outside.GetStream(), stop.Token),
                outside.GetStream().CopyToAsync(inside.GetStream(), stop.Token));
        }
        catch (Exception e) when (e is SocketException or IOException or OperationCanceledException)
        {
            // A relay ends when one of its two sides has ended.
        }
    }

    private static void Run(params string[] arguments)
    {
        if (!TryRun(arguments))
        {
            throw new InvalidOperationException($"ip {string.Join(' ', arguments)} failed.");
        }
    }

    private static bool TryRun(params string[] arguments)
    {
        try
        {
            using Process ip =
                Process.Start(new ProcessStartInfo("ip", arguments) { RedirectStandardError = true, UseShellExecute = false })!;
            ip.StandardError.ReadToEnd();
            ip.WaitForExit();
            return ip.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
