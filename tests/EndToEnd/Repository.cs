using System.Net;
using System.Net.Sockets;

namespace AccessGov.EndToEnd;

/// <summary>Where things are in the working copy that these tests were built from.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot(new DirectoryInfo(AppContext.BaseDirectory));

    public static string PathOf(params string[] parts) => Path.Combine([Root, .. parts]);

    /// <summary>A service's assembly, built in the same configuration as these tests.</summary>
    public static string AssemblyOf(string service)
    {
        string configuration = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;
        return PathOf("services", service, "bin", configuration, "net10.0", $"AccessGov.{service}.dll");
    }

    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static string FindRoot(DirectoryInfo? directory) => directory switch
    {
        null => throw new InvalidOperationException("These tests run from a build inside the working copy: AccessGov.sln was not found above them."),
        _ when File.Exists(Path.Combine(directory.FullName, "AccessGov.sln")) => directory.FullName,
        _ => FindRoot(directory.Parent),
    };
}
