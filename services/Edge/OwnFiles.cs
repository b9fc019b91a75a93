using AccessGov.CommandEndpoints;

namespace AccessGov.Edge;

/// <summary>Files that nobody else reads (mode 0600), in a directory that nobody else enters.</summary>
internal static class OwnFiles
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    public static void MakeDirectory(string directory)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(directory);
            return;
        }

        Directory.CreateDirectory(directory, OwnerOnly | UnixFileMode.UserExecute);
        File.SetUnixFileMode(directory, OwnerOnly | UnixFileMode.UserExecute);
    }

    /// <summary>Opens a file, which is made when it is not there.</summary>
    public static FileStream Open(string path, FileMode mode, FileShare share = FileShare.Read)
    {
        bool made = !File.Exists(path);
        var open = new FileStreamOptions { Mode = mode, Access = FileAccess.ReadWrite, Share = share, BufferSize = 0 };
        if (!OperatingSystem.IsWindows() && mode != FileMode.Open)
        {
            open.UnixCreateMode = OwnerOnly;
        }

        var stream = new FileStream(path, open);
        if (made)
        {
            DirectoryEntries.FlushToDisk(Path.GetDirectoryName(path)!);
        }

        return stream;
    }

    /// <summary>Puts a file in the place of another: whoever reads, after a crash too, finds the old one or the new one, whole.</summary>
    public static void Replace(string path, ReadOnlySpan<byte> content)
    {
        string next = path + ".new";
        using (FileStream stream = Open(next, FileMode.Create))
        {
            stream.Write(content);
            stream.Flush(flushToDisk: true);
        }

        File.Move(next, path, overwrite: true);
        DirectoryEntries.FlushToDisk(Path.GetDirectoryName(path)!);
    }
}
