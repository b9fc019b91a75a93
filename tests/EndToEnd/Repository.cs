using System.Net;
using System.Net.Sockets;
using AccessGov.Testing;

namespace AccessGov.EndToEnd;

/// <summary>Where things are in the working copy that these tests were built from.</summary>
internal static class Repository
{
    public static string Root => WorkingCopy.Root;

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
}
