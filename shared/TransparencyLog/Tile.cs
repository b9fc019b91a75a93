using System.Globalization;
using System.Text;

namespace AccessGov.TransparencyLog;

/// <summary>
/// Names a tile of a log: up to 256 consecutive hashes of one level, or, at <see cref="EntriesLevel"/>, the bundle of the entries below a
/// tile of level 0 (c2sp.org/tlog-tiles). A value.
/// </summary>
/// <param name="Level">0 for hashes of leaves, one more for each 256 times as many leaves under a hash; at most 7. Or <see
/// cref="EntriesLevel"/>.</param>
/// <param name="Index">The place among the tiles of its level, from 0.</param>
/// <param name="Width">How many hashes or entries it has: 256, or 1 to 255 in the partial tile at the end of a level.</param>
public readonly record struct Tile(int Level, long Index, int Width)
{
    /// <summary>How many hashes or entries a full tile has.</summary>
    public const int WidthMax = 256;

    /// <summary>The level that stands for bundles of entries.</summary>
    public const int EntriesLevel = -1;

    /// <summary>The levels of hashes that a tree of up to 2^63 - 1 leaves has.</summary>
    internal const int LevelCount = 8;

    private const int DigitsPerElement = 1000;

    /// <summary>Whether it will never be replaced by a wider one.</summary>
    public bool IsFull => Width == WidthMax;

    /// <summary>The path below the log's prefix: <c>tile/0/x001/x234/067</c>, <c>tile/entries/000.p/17</c>.</summary>
    public string Path
    {
        get
        {
            var path = new StringBuilder("tile/").Append(Level == EntriesLevel ? "entries"
                : Level.ToString(CultureInfo.InvariantCulture)).Append('/');
            AppendIndex(path, Index, isLast: true);
            return IsFull ? path.ToString() : path.Append(".p/").Append(Width.ToString(CultureInfo.InvariantCulture)).ToString();
        }
    }

    /// <summary>The tiles of a level in a tree of this size; none when the level has no hash yet.</summary>
    /// <param name="level">The level, or <see cref="EntriesLevel"/>.</param>
    /// <param name="treeSize">How many leaves the tree has, 0 or more.</param>
    /// <param name="index">The place among the level's tiles.</param>
    /// <returns>The tile, full or partial; null when the tree has none at this place.</returns>
    public static Tile? Of(int level, long treeSize, long index)
    {
        long hashes = HashesOf(level, treeSize);
        long width = Math.Min(WidthMax, hashes - (index * WidthMax));
        return width > 0 ? new Tile(level, index, (int)width) : null;
    }

    /// <summary>How many hashes (or entries) a level has in a tree of this size.</summary>
    internal static long HashesOf(int level, long treeSize) => level <= 0 ? treeSize : treeSize >> (8 * level);

    private static void AppendIndex(StringBuilder path, long index, bool isLast)
    {
        if (index >= DigitsPerElement)
        {
            AppendIndex(path, index / DigitsPerElement, isLast: false);
        }

        path.Append(isLast ? "" : "x").Append((index % DigitsPerElement).ToString("000", CultureInfo.InvariantCulture)).Append(isLast ? ""
            : "/");
    }
}

/// <summary>Where tiles come from: files, a database, HTTP.</summary>
public interface ITileSource
{
    /// <summary>The bytes of a tile: 32 for each hash; for entries, a bundle (<see cref="EntryBundle"/>).</summary>
    /// <param name="tile">
    /// Which one. A source that lacks a partial tile may answer the full bundle of entries, or what of the full tile the partial one has.
    /// </param>
    /// <exception cref="IOException">The tile is not there, or cannot be read.</exception>
    /// <exception cref="FormatException">What is there can be no tile: it is no regular file, or is longer than any.</exception>
    ReadOnlyMemory<byte> Read(Tile tile);

    /// <summary>The same, for whoever reads many tiles and is done with each before the next.</summary>
    /// <param name="tile">Which one.</param>
    /// <param name="buffer">Memory that the source may use, and exchange for a larger one; the answer may lie in it.</param>
    /// <exception cref="IOException">The tile is not there, or cannot be read.</exception>
    /// <exception cref="FormatException">What is there can be no tile.</exception>
    ReadOnlyMemory<byte> Read(Tile tile, ref byte[] buffer) => Read(tile);
}
