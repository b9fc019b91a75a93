using Microsoft.Win32.SafeHandles;

namespace AccessGov.PolicyDecision.Journal;

/// <summary>
/// A local file that takes batches when the database does not: frames of length, CRC-32C and body, each fsynced before its callers
/// are answered. Thread-safe; one process at a time. See <see cref="SpoolRecovery"/> for what a start finds.
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

    /// <summary>How many bytes before whole frames could not be read at the start: decisions that were acknowledged and are lost.</summary>
    public long DamagedBytes { get; private set; }

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

    /// <exception cref="SpoolUnusableException">Another process has it, or its lock cannot be opened.</exception>
    /// <exception cref="IOException">The directory cannot be written.</exception>
    public static JournalSpool Open(string directory, long bytesMax)
    {
        Directory.CreateDirectory(directory);
        FileStream held = Lock(Path.Combine(directory, "journal.lock"));
        try
        {
            string name = Path.Combine(directory, "journal.spool");
            var spool = new JournalSpool(name, bytesMax, held, OpenFile(name));
            spool.Recover();
            DirectoryEntries.FlushToDisk(directory);
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

    private static FileStream Lock(string path)
    {
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e) when (e.GetType() == typeof(IOException))
        {
            throw new SpoolUnusableException(
                $"The file {path} is locked by another process, whose spool this is: stop that process, or name a directory of its own for this one in DecisionJournal:SpoolDirectory.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SpoolUnusableException($"The file {path} cannot be opened for writing: let the service's user own the directory of DecisionJournal:SpoolDirectory.", e);
        }
    }

    private static SafeFileHandle OpenFile(string path) =>
        File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read);

    private void Recover()
    {
        SpoolRecovery found = SpoolRecovery.Read(file);
        found.SetAside(path + ".torn");
        (TornBytes, DamagedBytes, records) = (found.TornBytes, found.DamagedBytes, found.Records);
        if (found.DamagedBytes > 0 && !TryReplace(found.Whole))
        {
            throw new IOException($"The spool {path} is damaged and cannot be written anew.");
        }

        end = found.Whole.Length;
        RandomAccess.SetLength(file, end);
        RandomAccess.FlushToDisk(file);
    }

    /// <summary>Moves what is not merged yet to a new file, so that merged frames do not count against the bound.</summary>
    private void Compact()
    {
        byte[] rest = new byte[end - head];
        int read = 0;
        while (read < rest.Length)
        {
            read += RandomAccess.Read(file, rest.AsSpan(read), head + read);
        }

        if (TryReplace(rest))
        {
            end = rest.Length;
            head = 0;
            DirectoryEntries.FlushToDisk(Path.GetDirectoryName(path)!);
        }
    }

    /// <summary>Puts a new file with this content in the place of the old one; false leaves the old one as it is.</summary>
    private bool TryReplace(byte[] content)
    {
        string fresh = path + ".new";
        File.Delete(fresh);
        SafeFileHandle handle = OpenFile(fresh);
        try
        {
            RandomAccess.Write(handle, content, 0);
            RandomAccess.FlushToDisk(handle);
            File.Move(fresh, path, overwrite: true);
        }
        catch (IOException)
        {
            handle.Dispose();
            return false;
        }

        file.Dispose();
        file = handle;
        return true;
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

/// <summary>The spool cannot be had; the message says which file and what to do.</summary>
internal sealed class SpoolUnusableException(string message, Exception inner) : IOException(message, inner);
