using System.Collections.Concurrent;

namespace AccessGov.CommandEndpoints;

/// <summary>Writes files so that they are there after a power cut: their bytes, then the names in their directories.</summary>
public static class DurableFiles
{
    private const int AtOnce = 8;

    /// <summary>Writes all of them, whatever was there before. Directories that are missing are made.</summary>
    /// <param name="files">Their paths, with a directory, and what is to be in them.</param>
    /// <exception cref="IOException">There is no space, or the disk is read-only: some may be written.</exception>
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
            using FileStream stream = new(file.Path, FileMode.Create, FileAccess.Write, FileShare.Read, bufferSize: 0);
            stream.Write(file.Content.Span);
            stream.Flush(flushToDisk: true);
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
        Write([(next, content)]);
        File.Move(next, path, overwrite: true);
        DirectoryEntries.FlushToDisk(Path.GetDirectoryName(path)!);
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
