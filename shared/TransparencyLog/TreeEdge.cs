using System.Collections.Immutable;
using System.Numerics;

namespace AccessGov.TransparencyLog;

/// <summary>
/// The right edge of a growing Merkle tree: as much of it as the next leaf and the root need, the unfinished tile of each level.
/// Not safe for use by several threads at once.
/// </summary>
public sealed class TreeEdge
{
    private readonly List<TreeHash>[] levels = [.. Enumerable.Range(0, Tile.LevelCount).Select(_ => new List<TreeHash>(Tile.WidthMax))];

    /// <summary>How many leaves the tree has.</summary>
    public long Size { get; private set; }

    /// <summary>Takes up a tree where it was left.</summary>
    /// <param name="size">How many leaves it has, 0 or more.</param>
    /// <param name="tiles">Where its partial tiles are.</param>
    /// <exception cref="IOException">A tile is not there, or cannot be read.</exception>
    /// <exception cref="FormatException">A tile is too short.</exception>
    public static TreeEdge Open(long size, ITileSource tiles) => OfBeginning(size, tiles, size);

    /// <summary>Takes up the beginning of a tree, as it was when the tree had fewer leaves. After a pruning it begins there.</summary>
    /// <param name="size">How many leaves it had.</param>
    /// <param name="tiles">Where the tree's tiles are.</param>
    /// <param name="treeSize">How many leaves the tree has.</param>
    /// <exception cref="IOException">A tile is not there, or cannot be read.</exception>
    /// <exception cref="FormatException">A tile is too short.</exception>
    public static TreeEdge OfBeginning(long size, ITileSource tiles, long treeSize)
    {
        ArgumentNullException.ThrowIfNull(tiles);
        ArgumentOutOfRangeException.ThrowIfNegative(size);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(size, treeSize);
        var edge = new TreeEdge { Size = size };
        for (int level = 0; level < Tile.LevelCount; level++)
        {
            long hashes = Tile.HashesOf(level, size);
            int width = (int)(hashes % Tile.WidthMax);
            if (width > 0)
            {
                Tile tile = Tile.Of(level, treeSize, hashes / Tile.WidthMax)!.Value;
                edge.levels[level].AddRange(TileHashes.Read(tiles, tile).AsSpan(0, width));
            }
        }

        return edge;
    }

    /// <summary>Adds the next leaf.</summary>
    /// <param name="leaf">Its hash.</param>
    /// <param name="filled">Is told each tile that this leaf completes, with its 256 hashes, from level 0 upwards. The list is used again
    /// afterwards.</param>
    public void Append(in TreeHash leaf, Action<Tile, IReadOnlyList<TreeHash>>? filled = null)
    {
        Size++;
        Add(0, leaf, filled);
    }

    /// <summary>Adds 256 leaves at once, where the tree ends with a full tile.</summary>
    /// <param name="perfect">The hash over them.</param>
    /// <param name="filled">Is told each tile above them that they complete.</param>
    internal void AppendFullTile(in TreeHash perfect, Action<Tile, IReadOnlyList<TreeHash>>? filled)
    {
        if (levels[0].Count > 0)
        {
            throw new InvalidOperationException("A full tile goes behind full tiles only.");
        }

        Size += Tile.WidthMax;
        Add(1, perfect, filled);
    }

    private void Add(int lowest, TreeHash hash, Action<Tile, IReadOnlyList<TreeHash>>? filled)
    {
        for (int level = lowest; level < Tile.LevelCount; level++)
        {
            List<TreeHash> tile = levels[level];
            tile.Add(hash);
            if (tile.Count < Tile.WidthMax)
            {
                return;
            }

            filled?.Invoke(new Tile(level, (Tile.HashesOf(level, Size) / Tile.WidthMax) - 1, Tile.WidthMax), tile);
            hash = TileHashes.Perfect([.. tile]);
            tile.Clear();
        }
    }

    /// <summary>The partial tiles of this moment, from level 0 upwards; levels without one are left out.</summary>
    public IEnumerable<(Tile Tile, ImmutableArray<TreeHash> Hashes)> PartialTiles() =>
        levels.Index().Where(level => level.Item.Count > 0)
            .Select(level => (Tile.Of(level.Index, Size, Tile.HashesOf(level.Index, Size) / Tile.WidthMax)!.Value,
                level.Item.ToImmutableArray()));

    /// <summary>The hash of the whole tree (RFC 6962, section 2.1).</summary>
    public TreeHash Root()
    {
        TreeHash? root = null;
        foreach (List<TreeHash> level in levels)
        {
            // Perfect trees of falling size stand beside each other; the smallest is the last, and the root joins them from there.
            ReadOnlySpan<TreeHash> rest = System.Runtime.InteropServices.CollectionsMarshal.AsSpan(level);
            while (!rest.IsEmpty)
            {
                int last = 1 << BitOperations.TrailingZeroCount(rest.Length);
                TreeHash perfect = TileHashes.Perfect(rest[^last..]);
                root = root is { } right ? TreeHash.OfNode(perfect, right) : perfect;
                rest = rest[..^last];
            }
        }

        return root ?? TreeHash.OfEmptyTree;
    }
}
