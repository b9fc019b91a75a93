using System.Numerics;

namespace AccessGov.TransparencyLog;

/// <summary>Tiles as hashes.</summary>
internal static class TileHashes
{
    /// <exception cref="FormatException">The tile is shorter or longer than it should be.</exception>
    public static TreeHash[] Read(ITileSource tiles, Tile tile)
    {
        ReadOnlySpan<byte> bytes = Bytes(tile, tiles.Read(tile)).Span;
        var hashes = new TreeHash[tile.Width];
        for (int i = 0; i < hashes.Length; i++)
        {
            hashes[i] = At(bytes, i);
        }

        return hashes;
    }

    /// <summary>
    /// The bytes of a tile, when there are as many as its hashes need, or those of the full tile that stands for a partial one.
    /// </summary>
    /// <exception cref="FormatException">The tile is shorter or longer than it should be.</exception>
    public static ReadOnlyMemory<byte> Bytes(Tile tile, ReadOnlyMemory<byte> bytes) =>
        bytes.Length == tile.Width * TreeHash.Length || bytes.Length == Tile.WidthMax * TreeHash.Length
            ? bytes
            : throw new FormatException(
                $"{tile.Path} has {bytes.Length} bytes; {tile.Width * TreeHash.Length} are its {tile.Width} hashes.");

    /// <summary>The hash at a place in a tile.</summary>
    public static TreeHash At(ReadOnlySpan<byte> tile, int place) =>
        TreeHash.FromBytes(tile.Slice(place * TreeHash.Length, TreeHash.Length));

    /// <summary>The hash over hashes whose count is a power of two, at most 256.</summary>
    public static TreeHash Perfect(ReadOnlySpan<TreeHash> hashes)
    {
        Span<TreeHash> row = stackalloc TreeHash[Tile.WidthMax];
        hashes.CopyTo(row);
        for (int height = BitOperations.Log2((uint)hashes.Length); height > 0; height--)
        {
            for (int i = 0; i < 1 << (height - 1); i++)
            {
                row[i] = TreeHash.OfNode(row[2 * i], row[(2 * i) + 1]);
            }
        }

        return row[0];
    }
}
