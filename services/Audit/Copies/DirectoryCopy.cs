using AccessGov.Audit.Trail;

namespace AccessGov.Audit.Copies;

/// <summary>A copy on another disk or a network file system. The directory is not made here: an empty one in its place is not it.</summary>
internal sealed class DirectoryCopy(string directory) : ITrailCopy
{
    public Task<bool> HasAsync(string path, CancellationToken cancellation)
    {
        NeedDirectory();
        return Task.FromResult(File.Exists(Path.Combine(directory, path)));
    }

    public async Task AddAsync(string path, ReadOnlyMemory<byte> content, CancellationToken cancellation)
    {
        NeedDirectory();
        string file = Path.Combine(directory, path);
        if (!File.Exists(file))
        {
            DurableFiles.Replace(file, content);
        }
        else if (await File.ReadAllBytesAsync(file, cancellation) is var kept && !content.Span.SequenceEqual(kept))
        {
            throw new CopyDiffersException(path);
        }

        // Partial tiles are outgrown by their full one.
        if (Directory.Exists(file + ".p"))
        {
            Directory.Delete(file + ".p", recursive: true);
        }
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

    private void NeedDirectory()
    {
        if (!Directory.Exists(directory))
        {
            throw new DirectoryNotFoundException(
                $"There is no directory {directory}: it is made once, by a person, where the copy is to be.");
        }
    }
}
