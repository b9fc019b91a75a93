namespace AccessGov.Testing;

/// <summary>Where things are in the working copy that these tests were built from.</summary>
public static class WorkingCopy
{
    /// <summary>The folder that holds AccessGov.sln.</summary>
    public static string Root { get; } = Find(new DirectoryInfo(AppContext.BaseDirectory));

    /// <summary>A file or folder, told by its way from the root.</summary>
    public static string PathOf(params ReadOnlySpan<string> parts) => Path.Combine([Root, .. parts]);

    private static string Find(DirectoryInfo? folder) => folder switch
    {
        null => throw new InvalidOperationException("These tests run from a build inside the working copy: AccessGov.sln was not found above them."),
        _ when File.Exists(Path.Combine(folder.FullName, "AccessGov.sln")) => folder.FullName,
        _ => Find(folder.Parent),
    };
}
