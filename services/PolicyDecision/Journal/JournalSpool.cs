using Microsoft.Win32.SafeHandles;

namespace AccessGov.PolicyDecision.Journal;

/// <summary>
/// A local file that takes batches when the database does not: frames of length, CRC-32C and body, each fsynced before its callers
/// are answered. Thread-safe; one process at a time. What follows the last whole frame is a torn write, never acknowledged, and is cut.
/// </summary>
internal sealed class JournalSpool : IDisposable
{
    private readonly Lock gate = new();
    private readonly string path;
    private readonly long bytesMax;
    private readonly FileStream lockFile;
    private SafeFileHandle file;
    private long head;
    private long end;
    private long records;

    private JournalSpool(string path, long bytesMax, FileStream lockFile, SafeFileHandle file)
    {
        this.path = path;
        this.bytesMax = bytesMax;
        this.lockFile = lockFile;
        this.file = file;
    }

    public long BytesMax => bytesMax;

    /// <summary>How many bytes of a torn frame were cut at the start.</summary>
    public long TornBytes { get; private set; }

    /// <summary>Bytes, records and markers that are not merged yet.</summary>
    public (long Bytes, long Records) Held
    {
        get
        {
            lock (gate)
            {
                return (end - head, records);
            }
        }
    }

    public bool IsEmpty => Held.Bytes == 0;

    /// <exception cref="IOException">Another process has it, or the directory cannot be written.</exception>
    public static JournalSpool Open(string directory, long bytesMax)
    {
        Directory.CreateDirectory(directory);
        FileStream held;
        try
        {
            held = new FileStream(Path.Combine(directory, "journal.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e)
        {
            throw new IOException($"The spool in {directory} cannot be locked; every process needs a spool directory of its own.", e);
        }

        try
        {
            string name = Path.Combine(directory, "journal.spool");
            var spool = new JournalSpool(name, bytesMax, held, OpenFile(name));
            spool.Recover();
            return spool;
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    /// <summary>Appends a batch; when it returns, the batch is on the disk.</summary>
    /// <exception cref="IOException">The spool is full or cannot be written; the batch is not in it.</exception>
    public void Append(SealedBatch batch)
    {
        byte[] frame = SpoolFrame.Encode(batch);
        lock (gate)
        {
            if (end + frame.Length > bytesMax && head > 0)
            {
                Compact();
            }

            if (end + frame.Length > bytesMax)
            {
                throw new IOException($"The spool is full: {end - head} of at most {bytesMax} bytes.");
            }

            try
            {
                RandomAccess.Write(file, frame, end);
                RandomAccess.FlushToDisk(file);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                CutTail();
                throw new IOException($"The spool cannot be written: {e.Message}", e);
            }

            end += frame.Length;
            records += batch.Count;
        }

        JournalMetrics.Spooled.Add(1);
    }

    /// <summary>The oldest frames, at least one when there is any, and how many bytes they take here.</summary>
    /// <exception cref="InvalidDataException">The oldest frame is damaged.</exception>
    public (IReadOnlyList<SealedBatch> Batches, long Bytes) Peek(int bytes)
    {
        lock (gate)
        {
            var found = new List<SealedBatch>();
            long position = head;
            while (position < end && position - head < bytes && SpoolFrame.TryRead(file, position, end, out SealedBatch? batch, out long next))
            {
                found.Add(batch!);
                position = next;
            }

            return head < end && found.Count == 0
                ? throw new InvalidDataException($"The spool {path} is damaged at byte {head}.")
                : (found, position - head);
        }
    }

    /// <summary>Forgets as many bytes as <see cref="Peek"/> answered; when nothing is left, the file is emptied.</summary>
    public void Advance(long bytes, long mergedRecords)
    {
        lock (gate)
        {
            head += bytes;
            records -= mergedRecords;
            if (head == end)
            {
                RandomAccess.SetLength(file, 0);
                RandomAccess.FlushToDisk(file);
                head = end = 0;
            }
        }
    }

    /// <summary>Keeps a batch in a file of its own kind beside the spool, for a human to look at.</summary>
    public void SetAside(SealedBatch batch)
    {
        using FileStream aside = new(path + ".diverged", FileMode.Append, FileAccess.Write);
        aside.Write(SpoolFrame.Encode(batch));
        aside.Flush(flushToDisk: true);
    }

    public void Dispose()
    {
        lock (gate)
        {
            file.Dispose();
            lockFile.Dispose();
        }
    }

    private static SafeFileHandle OpenFile(string path) =>
        File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read);

    private void Recover()
    {
        long length = RandomAccess.GetLength(file);
        while (SpoolFrame.TryRead(file, end, length, out SealedBatch? batch, out long next))
        {
            end = next;
            records += batch!.Count;
        }

        TornBytes = length - end;
        if (TornBytes > 0)
        {
            SetAsideTorn();
        }

        RandomAccess.SetLength(file, end);
        RandomAccess.FlushToDisk(file);
    }

    /// <summary>A torn tail was never acknowledged, but a damaged disk looks the same: the bytes stay beside the spool for whoever looks into it.</summary>
    private void SetAsideTorn()
    {
        try
        {
            byte[] torn = new byte[Math.Min(TornBytes, SpoolFrame.BytesMax)];
            int read = RandomAccess.Read(file, torn, end);
            using FileStream aside = new(path + ".torn", FileMode.Append, FileAccess.Write);
            aside.Write(torn, 0, read);
        }
        catch (IOException)
        {
            // A full disk tears frames, too; then they are cut all the same.
        }
    }

    /// <summary>Moves what is not merged yet to a new file, so that merged frames do not count against the bound.</summary>
    private void Compact()
    {
        string fresh = path + ".new";
        byte[] rest = new byte[end - head];
        int read = 0;
        while (read < rest.Length)
        {
            read += RandomAccess.Read(file, rest.AsSpan(read), head + read);
        }

        File.Delete(fresh);
        SafeFileHandle handle = OpenFile(fresh);
        try
        {
            RandomAccess.Write(handle, rest, 0);
            RandomAccess.FlushToDisk(handle);
            File.Move(fresh, path, overwrite: true);
        }
        catch (IOException)
        {
            // The old file is whole; the spool is merely fuller than it could be.
            handle.Dispose();
            return;
        }

        file.Dispose();
        file = handle;
        end = rest.Length;
        head = 0;
    }

    private void CutTail()
    {
        try
        {
            RandomAccess.SetLength(file, end);
        }
        catch (IOException)
        {
            // The next append overwrites the torn bytes, or the next start cuts them.
        }
    }
}
