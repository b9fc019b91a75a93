using System.Buffers;
using System.Text;
using AccessGov.Audit.Trail;
using AccessGov.TransparencyLog;

namespace AccessGov.Audit.Copies;

/// <summary>
/// Brings a copy from one size of the trail to another, in an order in which its checkpoint never promises what it does not have: full
/// tiles and bundles, blobs, partial ones, the checkpoint. Leaves are compared with the tree first: where nothing can be changed, what is
/// not what was signed would stay. May be repeated from an earlier size.
/// </summary>
internal static class CopyStep
{
    // Levels above would need more leaves than there will be.
    private const int LevelMax = 6;

    /// <summary>Copies the full tiles and the blobs of the leaves from one size to another.</summary>
    /// <exception cref="TrailUnreadableException">They cannot be read, or are not what was signed.</exception>
    public static async Task AddAsync(
        ITrailCopy copy, TrailReader trail, string directory, long from, long to, CancellationToken cancellation)
    {
        for (int level = Tile.EntriesLevel; level <= LevelMax; level++)
        {
            for (long index = FullTiles(level, from); index < FullTiles(level, to); index++)
            {
                var tile = new Tile(level, index, Tile.WidthMax);
                await copy.AddAsync(tile.Path, trail.Signed(tile), cancellation);
            }
        }

        await AddBlobsAsync(copy, trail, directory, from, to, cancellation);
    }

    /// <summary>Copies the partial tiles of a checkpoint, and then the checkpoint.</summary>
    /// <exception cref="TrailUnreadableException">They cannot be read, or are not what was signed.</exception>
    public static async Task CloseAsync(
        ITrailCopy copy, TrailReader trail, PublishedCheckpoint published, CancellationToken cancellation)
    {
        long size = published.Checkpoint.Size;
        for (int level = Tile.EntriesLevel; level <= LevelMax; level++)
        {
            if (Tile.Of(level, size, FullTiles(level, size)) is { } partial)
            {
                await copy.ReplaceAsync(partial.Path, Exactly(partial, trail.Signed(partial)), cancellation);
            }
        }

        await copy.ReplaceAsync("checkpoint", Encoding.UTF8.GetBytes(published.Note.ToString()), cancellation);
    }

    private static long FullTiles(int level, long size) => (level <= 0 ? size : size >> (8 * level)) / Tile.WidthMax;

    /// <summary>The trail may have the full tile by now: the copy gets what it has signed.</summary>
    private static ReadOnlyMemory<byte> Exactly(Tile partial, ReadOnlyMemory<byte> content)
    {
        if (partial.Level != Tile.EntriesLevel)
        {
            return content[..(partial.Width * TreeHash.Length)];
        }

        var bundle = new ArrayBufferWriter<byte>(content.Length);
        foreach (ReadOnlyMemory<byte> entry in EntryBundle.Read(content).Take(partial.Width))
        {
            EntryBundle.Append(bundle, entry.Span);
        }

        return bundle.WrittenMemory;
    }

    /// <summary>
    /// A field's file; null when it is not there. What is not what its leaf names is not copied: where nothing can be changed it would
    /// stay.
    /// </summary>
    private static byte[]? Blob(string directory, string hash)
    {
        try
        {
            return BlobFiles.Read(directory, hash);
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (Exception unreadable) when (unreadable is IOException or FormatException or UnauthorizedAccessException)
        {
            throw new TrailUnreadableException(unreadable);
        }
    }

    private static async Task AddBlobsAsync(
        ITrailCopy copy, TrailReader trail, string directory, long from, long size, CancellationToken cancellation)
    {
        for (long first = from / Tile.WidthMax * Tile.WidthMax; first < size; first += Tile.WidthMax)
        {
            foreach (ReadOnlyMemory<byte> leaf in trail.Read(first, size))
            {
                foreach (string hash in TrailEntry.Parse(leaf).Sealed.Select(field => field.Blob).OfType<string>())
                {
                    // One that is not there was removed when its key was shredded; that it is for another reason the verifier says.
                    if (Blob(directory, hash) is { } content)
                    {
                        await copy.AddAsync(
                            Path.GetRelativePath(directory, TrailWriter.BlobPath(directory, hash)), content, cancellation);
                    }
                }
            }
        }
    }
}
