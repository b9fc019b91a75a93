using System.Text;

namespace AccessGov.Edge.Journal;

/// <summary>
/// The files of the journal: lines in files that are named by their first line's number. One writer at a time, which the journal sees to.
/// </summary>
internal sealed class JournalFiles : IDisposable
{
    public const string Prefix = "journal-";
    public const string Suffix = ".jsonl";
    private const long FileBytesMax = 8 * 1024 * 1024;
    private readonly string directory;
    private readonly FileStream onlyOne;
    private FileStream? last;
    private long lastBytes;

    public static string NameOf(long first) => $"{Prefix}{first:D12}{Suffix}";

    /// <exception cref="IOException">Another process writes here.</exception>
    public JournalFiles(string directory)
    {
        this.directory = directory;
        OwnFiles.MakeDirectory(directory);
        onlyOne = OwnFiles.Open(Path.Combine(directory, "lock"), FileMode.OpenOrCreate, FileShare.None);
    }

    /// <summary>
    /// Reads everything, and makes it ready to go on; what was never finished at the end is cut off. Where lines do not follow each other,
    /// answers those before and what is wrong, and leaves the files as they are.
    /// </summary>
    public (EdgeState Intact, JournalDamage? Damage) Read()
    {
        EdgeState? state = null;
        string[] files = [.. Files()];
        foreach ((int index, string file) in files.Index())
        {
            byte[] content = File.ReadAllBytes(file);
            bool isLast = index == files.Length - 1;
            (state, long length, JournalDamage? damage) = JournalReading.File(file, content, state, isLast);
            if (damage is not null)
            {
                return (state, damage);
            }

            if (isLast)
            {
                Continue(file, content.AsSpan((int)length), length);
            }
        }

        return (state ?? EdgeState.Empty, null);
    }

    /// <summary>Adds lines that follow, and has them on the disk when it returns; or not at all.</summary>
    /// <exception cref="IOException">There is no space, or the disk is read-only.</exception>
    public void Append(IReadOnlyList<byte[]> lines, long first)
    {
        if (last is null || lastBytes >= FileBytesMax)
        {
            FileStream next = OwnFiles.Open(Path.Combine(directory, NameOf(first)), FileMode.OpenOrCreate);
            last?.Dispose();
            (last, lastBytes) = (next, 0);
        }

        // What an earlier attempt left behind is written over; no line that was acknowledged is behind it.
        if (last.Length != lastBytes)
        {
            last.SetLength(lastBytes);
        }

        using var together = new MemoryStream();
        foreach (byte[] line in lines)
        {
            together.Write(line);
            together.WriteByte((byte)'\n');
        }

        long before = lastBytes;
        try
        {
            RandomAccess.Write(last.SafeFileHandle, together.GetBuffer().AsSpan(0, (int)together.Length), lastBytes);
            RandomAccess.FlushToDisk(last.SafeFileHandle);
            lastBytes += together.Length;
        }
        catch (IOException)
        {
            Forget(before);
            throw;
        }
    }

    /// <summary>Lines from a number on, as they are in the files.</summary>
    /// <param name="from">The first line's number.</param>
    /// <param name="through">The last one's at most.</param>
    /// <param name="linesMax">How many at most.</param>
    /// <param name="bytesMax">How many bytes at most; one line at least.</param>
    public IReadOnlyList<string> Lines(long from, long through, int linesMax, int bytesMax)
    {
        var lines = new List<string>();
        int bytes = 0;
        string[] files = [.. Files()];
        for (int index = 0; index < files.Length; index++)
        {
            if (index + 1 < files.Length && JournalReading.FirstOf(files[index + 1]) <= from)
            {
                continue;
            }

            using var reader = new StreamReader(
                new FileStream(files[index], FileMode.Open, FileAccess.Read, FileShare.ReadWrite), Encoding.UTF8);
            for (long sequence = JournalReading.FirstOf(files[index]); sequence <= through && reader.ReadLine() is { } line; sequence++)
            {
                if (sequence < from)
                {
                    continue;
                }

                bytes += line.Length;
                if (lines.Count == linesMax || (bytes > bytesMax && lines.Count > 0))
                {
                    return lines;
                }

                lines.Add(line);
            }
        }

        return lines;
    }

    /// <summary>The number of the first line that is kept; null when there is none.</summary>
    public long? First() => Files().Select(JournalReading.FirstOf).Cast<long?>().FirstOrDefault();

    /// <summary>Deletes files that BreakGlass has the lines of and that nobody has written to for long.</summary>
    public void Drop(long through, DateTime before)
    {
        string[] files = [.. Files()];
        for (int index = 0; index + 1 < files.Length && JournalReading.FirstOf(files[index + 1]) <= through + 1; index++)
        {
            if (File.GetLastWriteTimeUtc(files[index]) >= before)
            {
                return;
            }

            File.Delete(files[index]);
        }
    }

    public void Dispose()
    {
        last?.Dispose();
        onlyOne.Dispose();
    }

    private void Continue(string file, ReadOnlySpan<byte> torn, long length)
    {
        if (torn.Length > 0)
        {
            // Nobody was told that it is there; kept for whoever wants to know.
            OwnFiles.Replace(Path.Combine(directory, $"torn-{length}"), torn);
        }

        last = OwnFiles.Open(file, FileMode.Open);
        lastBytes = length;
        if (last.Length != length)
        {
            last.SetLength(length);
        }

        if (length > 0)
        {
            MendEnd();
        }
    }

    /// <summary>A whole last line whose line feed is missing or damaged gets it.</summary>
    private void MendEnd()
    {
        Span<byte> end = stackalloc byte[1];
        RandomAccess.Read(last!.SafeFileHandle, end, lastBytes - 1);
        if (end[0] != '\n')
        {
            long at = end[0] == '}' ? lastBytes : lastBytes - 1;
            RandomAccess.Write(last.SafeFileHandle, "\n"u8, at);
            RandomAccess.FlushToDisk(last.SafeFileHandle);
            lastBytes = at + 1;
        }
    }

    private void Forget(long before)
    {
        try
        {
            last!.SetLength(before);
        }
        catch (IOException)
        {
            // The next attempt does it.
        }
    }

    private IEnumerable<string> Files() => Directory.GetFiles(directory, $"{Prefix}*{Suffix}")
        .Where(file => JournalReading.NumberOf(file) is not null).Order(StringComparer.Ordinal);
}
