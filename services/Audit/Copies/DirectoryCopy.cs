using AccessGov.Audit.Trail;
using AccessGov.TransparencyLog;

namespace AccessGov.Audit.Copies;

/// <summary>A copy on another disk or a network file system. The directory is not made here: an empty one in its place is not it.</summary>
internal sealed class DirectoryCopy(string directory) : ITrailCopy
{
    public Task<bool> HasAsync(string path, CancellationToken cancellation)
    {
        NeedDirectory();
        return Task.FromResult(File.Exists(Path.Combine(directory, path)));
    }

    public Task AddAsync(string path, ReadOnlyMemory<byte> content, CancellationToken cancellation)
    {
        NeedDirectory();
        string file = Path.Combine(directory, path);
        if (!File.Exists(file))
        {
            DurableFiles.Replace(file, content);
        }
        else if (!Has(file, content.Span))
        {
            throw new CopyDiffersException(path);
        }

        // Partial tiles are outgrown by their full one.
        if (Directory.Exists(file + ".p"))
        {
            Directory.Delete(file + ".p", recursive: true);
        }

        return Task.CompletedTask;
    }

    public Task ReplaceAsync(string path, ReadOnlyMemory<byte> content, CancellationToken cancellation)
    {
        NeedDirectory();
        DurableFiles.Replace(Path.Combine(directory, path), content);
        return Task.CompletedTask;
    }

    public void Dispose()
    {
    }

    /// <summary>Whether a file has these bytes and no others; what is longer, or no file, is not read.</summary>
    private static bool Has(string file, ReadOnlySpan<byte> content)
    {
        try
        {
            return content.SequenceEqual(RegularFile.ReadAll(file, content.Length));
        }
        catch (FormatException)
        {
            return false;
        }
    }

    private void NeedDirectory()
    {
        if (!Directory.Exists(directory))
        {
            throw new DirectoryNotFoundException(
                $"There is no directory {directory}: it is made once, by a person, where the copy is to be.");
        }
    }
}
