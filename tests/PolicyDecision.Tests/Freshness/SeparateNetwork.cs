using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace AccessGov.PolicyDecision.Tests.Freshness;

/// <summary>
/// A network namespace with two links to this process: one on which callers ask whoever runs inside, and one on which the inside reaches one port of this
/// machine. The second can be cut as a cable is: packets get lost, and nobody is told.
/// </summary>
internal sealed class SeparateNetwork : IAsyncDisposable
{
    private readonly string name;
    private readonly string prefix;
    private readonly TcpListener listener;
    private readonly CancellationTokenSource stop = new();
    private readonly Task relaying;

    private SeparateNetwork(string name, string prefix, int port)
    {
        this.name = name;
        this.prefix = prefix;
        listener = new TcpListener(IPAddress.Parse($"{prefix}.5"), 0);
        listener.Start();
        RelayPort = ((IPEndPoint)listener.LocalEndpoint).Port;
        relaying = RelayAsync(port);
    }

    /// <summary>Where the outside reaches the inside.</summary>
    public string Inside => $"{prefix}.2";

    /// <summary>Where the inside finds the port of this machine.</summary>
    public string RelayHost => $"{prefix}.5";

    public int RelayPort { get; }

    /// <summary>What to put before a command so that it runs inside.</summary>
    public string[] Enter => ["ip", "netns", "exec", name];

    public static SeparateNetwork To(int port)
    {
        // The name of a link has at most 15 characters.
        string namespaceName = $"agov{RandomNumberGenerator.GetInt32(100_000)}";
        // 198.18.0.0/15 is set aside for tests of networks (RFC 2544): nothing real is hidden.
        string network = $"198.{18 + RandomNumberGenerator.GetInt32(2)}.{RandomNumberGenerator.GetInt32(256)}";
        Run("netns", "add", namespaceName);
        Link(namespaceName, $"{namespaceName}c", network, 1, 2);
        Link(namespaceName, $"{namespaceName}d", network, 5, 6);
        return new SeparateNetwork(namespaceName, network, port);
    }

    public static bool IsAllowed()
    {
        string probe = $"accessgov-probe{RandomNumberGenerator.GetInt32(100_000)}";
        return TryRun("netns", "add", probe) && TryRun("netns", "delete", probe);
    }

    public void Cut() => Run("link", "set", $"{name}d", "down");

    public void Mend() => Run("link", "set", $"{name}d", "up");

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        listener.Stop();
        await relaying.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
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

    private async Task RelayAsync(int port)
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
                inside.GetStream().CopyToAsync(outside.GetStream(), stop.Token), outside.GetStream().CopyToAsync(inside.GetStream(), stop.Token));
        }
        catch (Exception e) when (e is SocketException or IOException or OperationCanceledException)
        {
            // A relay ends when one of its two sides has ended.
        }
    }

    private static void Run(params string[] arguments) => TryRun(arguments).ShouldBeTrue($"ip {string.Join(' ', arguments)}");

    private static bool TryRun(params string[] arguments)
    {
        try
        {
            using Process ip = Process.Start(new ProcessStartInfo("ip", arguments) { RedirectStandardError = true, UseShellExecute = false })!;
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

/// <summary>Only where network namespaces may be made.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class SeparateNetworkFactAttribute : FactAttribute
{
    private static readonly Lazy<bool> Allowed = new(SeparateNetwork.IsAllowed);

    public SeparateNetworkFactAttribute() => Skip = Allowed.Value ? null : "Needs the program ip and the right to make network namespaces.";
}
