namespace AccessGov.TransparencyLog;

/// <summary>A log as files, with the paths of c2sp.org/tlog-tiles below one directory. Safe for use by several threads.</summary>
/// <param name="directory">The directory; <c>checkpoint</c> and <c>tile/</c> are in it.</param>
public sealed class TileDirectory(string directory) : ITileSource
{
    private const long FileBytesMax = Tile.WidthMax * (long)(EntryBundle.EntryBytesMax + sizeof(ushort));

    /// <summary>The log's newest checkpoint, a signed note.</summary>
    public string CheckpointPath { get; } = Path.Combine(directory, "checkpoint");

    /// <inheritdoc/>
    public ReadOnlyMemory<byte> Read(Tile tile)
    {
        string path = Path.Combine(directory, tile.Path);
        try
        {
            return ReadWhole(path);
        }
        catch (Exception missing) when (!tile.IsFull && missing is FileNotFoundException or DirectoryNotFoundException)
        {
            // A log may drop a partial tile once the full one is there.
            return Cut(tile, ReadWhole(Path.Combine(directory, (tile with { Width = Tile.WidthMax }).Path)));
        }
    }

    private static byte[] ReadWhole(string path)
    {
        using FileStream file = File.OpenRead(path);
        if (file.Length > FileBytesMax)
        {
            throw new IOException($"{path} is larger than {FileBytesMax} bytes.");
        }

        byte[] bytes = new byte[file.Length];
        file.ReadExactly(bytes);
        return bytes;
    }

    private static ReadOnlyMemory<byte> Cut(Tile tile, byte[] full) =>
        tile.Level == Tile.EntriesLevel ? full : full.AsMemory(0, Math.Min(full.Length, tile.Width * TreeHash.Length));
}
