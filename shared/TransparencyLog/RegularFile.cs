using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace AccessGov.TransparencyLog;

/// <summary>
/// Opens files that somebody else may have put where they are: what is no regular file, or is longer than it may be, is refused, and a pipe
/// that nobody writes into holds nobody up. Thread-safe.
/// </summary>
public static partial class RegularFile
{
    /// <summary>Opens a file for reading.</summary>
    /// <param name="path">Where it is.</param>
    /// <param name="bytesMax">How long it may be, in bytes.</param>
    /// <param name="length">How long it is, in bytes: whoever reads further reads what was added meanwhile.</param>
    /// <exception cref="FormatException">It is no regular file, or is longer.</exception>
    /// <exception cref="IOException">It is not there, or cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static SafeFileHandle Open(string path, long bytesMax, out long length)
    {
        SafeFileHandle file = OperatingSystem.IsLinux() ? OpenWithoutWaiting(path) : File.OpenHandle(path);
        try
        {
            if (OperatingSystem.IsLinux() && !Native.IsRegular(file, path))
            {
                throw new FormatException($"{path} is no regular file.");
            }

            length = RandomAccess.GetLength(file);
            return length <= bytesMax ? file : throw new FormatException($"{path} is larger than {bytesMax} bytes.");
        }
        catch (NotSupportedException endless)
        {
            file.Dispose();
            throw new FormatException($"{path} is no regular file.", endless);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Reads a file to its end.</summary>
    /// <param name="path">Where it is.</param>
    /// <param name="bytesMax">How long it may be, in bytes; less than 2 GB.</param>
    /// <exception cref="FormatException">It is no regular file, or is longer.</exception>
    /// <exception cref="IOException">It is not there, or cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static byte[] ReadAll(string path, int bytesMax)
    {
        using SafeFileHandle file = Open(path, bytesMax, out long length);
        byte[] content = new byte[length];
        int read = Read(file, content);
        return read == length ? content : content[..read];
    }

    /// <summary>Reads from a file's beginning until a buffer is full or the file ends; answers how many bytes.</summary>
    internal static int Read(SafeFileHandle file, Span<byte> buffer)
    {
        int read = 0;
        while (read < buffer.Length && RandomAccess.Read(file, buffer[read..], read) is > 0 and var more)
        {
            read += more;
        }

        return read;
    }

    // Opening a pipe waits for somebody who writes, unless it is said not to. What cannot be opened is told as .NET tells it.
    private static SafeFileHandle OpenWithoutWaiting(string path)
    {
        var opened = new SafeFileHandle(Native.Open(path, Native.ReadOnly | Native.NonBlocking | Native.CloseOnExec), ownsHandle: true);
        if (!opened.IsInvalid)
        {
            return opened;
        }

        opened.Dispose();
        return File.OpenHandle(path);
    }

    private static partial class Native
    {
        private const int OfHandleItself = 0x1000;
        private const uint TypeWanted = 1;
        private const int StatusBytes = 256;
        private const int ModeAt = 28;
        private const int TypeBits = 0xF000;
        private const int RegularBits = 0x8000;
        public const int ReadOnly = 0;
        public const int NonBlocking = 0x800;
        public const int CloseOnExec = 0x80000;

        [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        public static partial nint Open(string path, int flags);

        /// <summary>What statx says of the file that was opened, whatever is at its path by now: its layout is one on all machines.</summary>
        public static bool IsRegular(SafeFileHandle file, string path)
        {
            Span<byte> status = stackalloc byte[StatusBytes];
            if (Status(file, "", OfHandleItself, TypeWanted, ref MemoryMarshal.GetReference(status)) != 0)
            {
                throw new IOException($"{path}: {Marshal.GetLastPInvokeErrorMessage()}");
            }

            return (MemoryMarshal.Read<ushort>(status[ModeAt..]) & TypeBits) == RegularBits;
        }

        [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        private static partial int Status(SafeFileHandle directory, string path, int flags, uint wanted, ref byte status);
    }
}
