using System.Numerics;

namespace AccessGov.TransparencyLog;

/// <summary>Tiles as hashes.</summary>
internal static class TileHashes
{
    /// <exception cref="FormatException">The tile is shorter than it should be.</exception>
    public static TreeHash[] Read(ITileSource tiles, Tile tile)
    {
        ReadOnlySpan<byte> bytes = tiles.Read(tile).Span;
        if (bytes.Length < tile.Width * TreeHash.Length)
        {
            throw new FormatException($"{tile.Path} has {bytes.Length} bytes; {tile.Width * TreeHash.Length} are its {tile.Width} hashes.");
        }

        var hashes = new TreeHash[tile.Width];
        for (int i = 0; i < hashes.Length; i++)
        {
            hashes[i] = TreeHash.FromBytes(bytes.Slice(i * TreeHash.Length, TreeHash.Length));
        }

        return hashes;
    }

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
