namespace AccessGov.Edge;

/// <summary>
/// A file beside the journal that the edge can do without: what it has is read at the start, and what cannot be written is tried again
/// the next time. Not thread-safe.
/// </summary>
internal sealed class KeptFile(string path, ILogger log)
{
    private byte[]? onDisk;

    /// <summary>Whether it was there and could not be read; until it is written anew.</summary>
    public bool IsDamaged { get; private set; }

    /// <summary>Whether it has what it should have.</summary>
    public bool IsKept { get; private set; } = true;

    /// <summary>What it has, null when there is none; one that cannot be read is none.</summary>
    public TContent? Read<TContent>(Func<byte[], TContent> read)
        where TContent : class
    {
        if (!File.Exists(path))
        {
            return null;
        }

        try
        {
            byte[] content = File.ReadAllBytes(path);
            TContent known = read(content);
            onDisk = content;
            return known;
        }
        catch (Exception damaged) when (damaged is IOException or UnauthorizedAccessException or FormatException or ArgumentException
            or InvalidOperationException or System.Text.Json.JsonException)
        {
            IsDamaged = true;
            log.LogError(damaged, "{File} cannot be read, and is taken for none until it is heard again.", path);
            return null;
        }
    }

    /// <summary>Has it hold something from now on. A disk that does not take it hinders nobody, and is asked again.</summary>
    public void Keep(byte[] content)
    {
        if (onDisk is { } same && content.AsSpan().SequenceEqual(same))
        {
            return;
        }

        try
        {
            OwnFiles.Replace(path, content);
            (onDisk, IsDamaged, IsKept) = (content, false, true);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            if (IsKept)
            {
                log.LogError(failure, "{File} cannot be written: after a restart it would not be known. It is tried again.", path);
            }

            // What is there may be either.
            (onDisk, IsKept) = (null, false);
        }
    }
}
