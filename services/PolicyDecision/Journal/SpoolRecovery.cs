using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;

namespace AccessGov.PolicyDecision.Journal;

/// <summary>
/// What a spool holds that another process left behind. Bytes after the last whole frame are a torn write, never acknowledged; bytes before a whole frame
/// are damage: what lay there was acknowledged and is lost, and the hash chain shows where.
/// </summary>
/// <param name="Whole">The whole frames, one after the other.</param>
/// <param name="Rejected">Everything else, for whoever looks into it.</param>
/// <param name="Records">Records and markers in the whole frames.</param>
/// <param name="DamagedBytes">How many bytes lie between whole frames.</param>
/// <param name="TornBytes">How many bytes lie after the last one.</param>
internal sealed record SpoolRecovery(byte[] Whole, byte[] Rejected, long Records, long DamagedBytes, long TornBytes)
{
    public static SpoolRecovery Read(SafeFileHandle file)
    {
        byte[] bytes = ReadAll(file);
        var whole = new MemoryStream();
        var rejected = new MemoryStream();
        long records = 0;
        long damaged = 0;
        int position = 0;
        while (position < bytes.Length)
        {
            int next = SpoolFrame.FindWhole(bytes, position);
            if (next < 0)
            {
                break;
            }

            damaged += next - position;
            rejected.Write(bytes, position, next - position);
            int length = SpoolFrame.LengthOf(bytes.AsSpan(next));
            records += SpoolFrame.Decode(bytes.AsSpan(next, length)).Count;
            whole.Write(bytes, next, length);
            position = next + length;
        }

        rejected.Write(bytes, position, bytes.Length - position);
        return new SpoolRecovery(whole.ToArray(), rejected.ToArray(), records, damaged, bytes.Length - position);
    }

    /// <summary>Keeps the rejected bytes in a file beside the spool that only its owner reads.</summary>
    public void SetAside(string path)
    {
        if (Rejected.Length == 0)
        {
            return;
        }

        try
        {
            var options = new FileStreamOptions { Mode = FileMode.Append, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows())
            {
                options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            }

            using FileStream aside = new(path, options);
            aside.Write(Rejected);
            aside.Flush(flushToDisk: true);
        }
        catch (IOException)
        {
            // A full disk tears frames, too; then they are cut all the same.
        }
    }

    private static byte[] ReadAll(SafeFileHandle file)
    {
        byte[] bytes = new byte[RandomAccess.GetLength(file)];
        int read = 0;
        while (read < bytes.Length && RandomAccess.Read(file, bytes.AsSpan(read), read) is > 0 and int more)
        {
            read += more;
        }

        return bytes[..read];
    }
}
