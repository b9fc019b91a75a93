using AccessGov.Testing;

namespace AccessGov.EndToEnd;

/// <summary>Where things are in the working copy that these tests were built from.</summary>
internal static class Repository
{
    public static string Root => WorkingCopy.Root;

    public static string PathOf(params string[] parts) => Path.Combine([Root, .. parts]);
}
