using System.ComponentModel;
using System.Runtime.InteropServices;

namespace AccessGov.CommandEndpoints;

/// <summary>
/// A file that was made or renamed is found after a power cut only when its directory was flushed too (fsync(2)). .NET opens no directories, so this asks the C library.
/// </summary>
public static partial class DirectoryEntries
{
    private const int ReadOnly = 0;

    /// <summary>Puts the names in a directory on the disk. Does nothing where directories cannot be flushed.</summary>
    /// <param name="directory">The directory.</param>
    /// <exception cref="IOException">The directory cannot be opened or flushed.</exception>
    public static void FlushToDisk(string directory)
    {
        if (!OperatingSystem.IsLinux() && !OperatingSystem.IsMacOS())
        {
            return;
        }

        int descriptor = NativeMethods.Open(directory, ReadOnly);
        if (descriptor < 0)
        {
            throw Failed("opened");
        }

        try
        {
            if (NativeMethods.Fsync(descriptor) != 0)
            {
                throw Failed("flushed");
            }
        }
        finally
        {
            _ = NativeMethods.Close(descriptor);
        }

        IOException Failed(string what) => new($"The directory {directory} cannot be {what}: {new Win32Exception(Marshal.GetLastPInvokeError()).Message}");
    }

    private static partial class NativeMethods
    {
        [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        public static partial int Open(string path, int flags);

        [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        public static partial int Fsync(int descriptor);

        [LibraryImport("libc", EntryPoint = "close")]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        public static partial int Close(int descriptor);
    }
}
