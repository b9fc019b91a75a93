using System.Text;
using Microsoft.Win32.SafeHandles;

namespace AccessGov.TransparencyLog;

/// <summary>A log as files, with the paths of c2sp.org/tlog-tiles below one directory. Safe for use by several threads.</summary>
/// <param name="directory">The directory; <c>checkpoint</c> and <c>tile/</c> are in it.</param>
public sealed class TileDirectory(string directory) : ITileSource
{
    private const int MinimumIndexBytesMax = 32;
    private const long FileBytesMax = Tile.WidthMax * (long)(EntryBundle.EntryBytesMax + sizeof(ushort));

    /// <summary>The log's newest checkpoint, a signed note.</summary>
    public string CheckpointPath { get; } = Path.Combine(directory, "checkpoint");

    /// <summary>Where it is said which is the first entry that there is; there is no such file as long as nothing was pruned.</summary>
    public string MinimumIndexPath { get; } = Path.Combine(directory, "minimum-index");

    /// <summary>
    /// The first entry that there is, as the file says: entries, tiles and bundles that end at it or before are not needed any more
    /// (c2sp.org/tlog-tiles, "Pruning"). Nobody has signed the file.
    /// </summary>
    /// <exception cref="FormatException">It is no number, or no regular file.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public long MinimumIndex => File.Exists(MinimumIndexPath)
        ? Checkpoint.WholeNumber(
            Encoding.UTF8.GetString(RegularFile.ReadAll(MinimumIndexPath, MinimumIndexBytesMax)) is [.. var number, '\n'] ? number : "")
        : 0;

    /// <inheritdoc/>
    public ReadOnlyMemory<byte> Read(Tile tile)
    {
        byte[] buffer = [];
        return Read(tile, ref buffer);
    }

    /// <inheritdoc/>
    public ReadOnlyMemory<byte> Read(Tile tile, ref byte[] buffer)
    {
        string path = Path.Combine(directory, tile.Path);
        try
        {
            return ReadWhole(path, ref buffer);
        }
        catch (Exception missing) when (!tile.IsFull && missing is FileNotFoundException or DirectoryNotFoundException)
        {
            // A log may drop a partial tile once the full one is there.
            return Cut(tile, ReadWhole(Path.Combine(directory, (tile with { Width = Tile.WidthMax }).Path), ref buffer));
        }
    }

    private static ReadOnlyMemory<byte> ReadWhole(string path, ref byte[] buffer)
    {
        try
        {
            using SafeFileHandle file = RegularFile.Open(path, FileBytesMax, out long length);
            if (length > buffer.Length)
            {
                buffer = GC.AllocateUninitializedArray<byte>((int)length);
            }

            return buffer.AsMemory(0, RegularFile.Read(file, buffer.AsSpan(0, (int)length)));
        }
        catch (UnauthorizedAccessException forbidden)
        {
            throw new IOException(forbidden.Message, forbidden);
        }
    }

    private static ReadOnlyMemory<byte> Cut(Tile tile, ReadOnlyMemory<byte> full) =>
        tile.Level == Tile.EntriesLevel ? full : full[..Math.Min(full.Length, tile.Width * TreeHash.Length)];
}
