using System.Collections.Concurrent;

namespace AccessGov.CommandEndpoints;

/// <summary>Writes files so that they are there after a power cut: their bytes, then the names in their directories.</summary>
public static class DurableFiles
{
    private const int AtOnce = 8;

    /// <summary>
    /// Writes all of them. What is there already is whole until the new is: that is written beside it, and put in its place. Directories
    /// that are missing are made.
    /// </summary>
    /// <param name="files">Their paths, with a directory, and what is to be in them.</param>
    /// <exception cref="IOException">There is no space, or the disk is read-only: some may be written, the others are as they
    /// were.</exception>
    public static void Write(IReadOnlyCollection<(string Path, ReadOnlyMemory<byte> Content)> files)
    {
        ArgumentNullException.ThrowIfNull(files);
        var directories = new ConcurrentDictionary<string, bool>(StringComparer.Ordinal);
        foreach ((string path, _) in files)
        {
            Make(Path.GetDirectoryName(path)!, directories);
        }

        // A disk flushes several files at the price of one.
        var together = new ParallelOptions { MaxDegreeOfParallelism = AtOnce };
        Parallel.ForEach(files, together, file =>
        {
            if (File.Exists(file.Path))
            {
                string next = file.Path + ".new";
                WriteWhole(next, file.Content.Span);
                File.Move(next, file.Path, overwrite: true);
            }
            else
            {
                WriteWhole(file.Path, file.Content.Span);
            }
        });
        Parallel.ForEach(directories.Keys, together, DirectoryEntries.FlushToDisk);
    }

    /// <summary>Puts a file in the place of another: whoever reads, after a crash too, finds the old one or the new one, whole.</summary>
    /// <param name="path">The file, with its directory; one writer at a time.</param>
    /// <param name="content">What is to be in it.</param>
    /// <exception cref="IOException">It cannot be written, and the old one is there.</exception>
    public static void Replace(string path, ReadOnlyMemory<byte> content)
    {
        string next = path + ".new";
        if (File.Exists(next))
        {
            File.Delete(next);
        }

        Write([(next, content)]);
        File.Move(next, path, overwrite: true);
        DirectoryEntries.FlushToDisk(Path.GetDirectoryName(path)!);
    }

    private static void WriteWhole(string path, ReadOnlySpan<byte> content)
    {
        using FileStream stream = new(path, FileMode.Create, FileAccess.Write, FileShare.Read, bufferSize: 0);
        stream.Write(content);
        stream.Flush(flushToDisk: true);
    }

    /// <summary>Makes a directory and notes every one whose names change.</summary>
    private static void Make(string directory, ConcurrentDictionary<string, bool> changed)
    {
        changed.TryAdd(directory, true);
        if (!Directory.Exists(directory))
        {
            Make(Path.GetDirectoryName(directory)!, changed);
            Directory.CreateDirectory(directory);
        }
    }
}
