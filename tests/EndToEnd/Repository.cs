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
}
