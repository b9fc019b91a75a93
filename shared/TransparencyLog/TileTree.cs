using System.Collections.Immutable;
using System.Numerics;

namespace AccessGov.TransparencyLog;

/// <summary>
/// A Merkle tree of a certain size in its tiles: its root and the proofs of RFC 6962, sections 2.1.1 and 2.1.2. Reads the tiles that it needs, each once.
/// What tiles say is not believed by asking this: compare <see cref="Root"/> with a signed checkpoint. Not safe for use by several threads at once.
/// </summary>
/// <param name="source">Where the tiles are.</param>
/// <param name="size">How many leaves the tree has, 0 or more.</param>
public sealed class TileTree(ITileSource source, long size)
{
    private readonly Dictionary<Tile, TreeHash[]> known = [];

    /// <summary>How many leaves the tree has.</summary>
    public long Size { get; } = size >= 0 ? size : throw new ArgumentOutOfRangeException(nameof(size));

    /// <summary>The hash of the whole tree.</summary>
    /// <exception cref="IOException">A tile is not there, or cannot be read.</exception>
    /// <exception cref="FormatException">A tile is too short.</exception>
    public TreeHash Root() => Size == 0 ? TreeHash.OfEmptyTree : HashOf(0, Size);

    /// <summary>The hash of a leaf.</summary>
    /// <param name="index">Its place, 0 to <see cref="Size"/> - 1.</param>
    /// <exception cref="IOException">A tile is not there, or cannot be read.</exception>
    /// <exception cref="FormatException">A tile is too short.</exception>
    public TreeHash Leaf(long index) => index >= 0 && index < Size ? HashOf(index, index + 1) : throw new ArgumentOutOfRangeException(nameof(index));

    /// <summary>The proof that the leaf at an index belongs to this tree: hashes from the leaf's sibling up to the root's child.</summary>
    /// <param name="index">The leaf's place, 0 to <see cref="Size"/> - 1.</param>
    /// <exception cref="IOException">A tile is not there, or cannot be read.</exception>
    /// <exception cref="FormatException">A tile is too short.</exception>
    public ImmutableArray<TreeHash> InclusionProof(long index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Size);
        var proof = ImmutableArray.CreateBuilder<TreeHash>();
        (long start, long end) = (0, Size);
        while (end - start > 1)
        {
            long middle = start + Split(end - start);
            (long Start, long End) sibling = index < middle ? (middle, end) : (start, middle);
            proof.Add(HashOf(sibling.Start, sibling.End));
            (start, end) = index < middle ? (start, middle) : (middle, end);
        }

        proof.Reverse();
        return proof.ToImmutable();
    }

    /// <summary>The proof that this tree begins with the tree of an earlier size.</summary>
    /// <param name="earlier">The earlier size, 1 to <see cref="Size"/>. For the same size the proof is empty.</param>
    /// <exception cref="IOException">A tile is not there, or cannot be read.</exception>
    /// <exception cref="FormatException">A tile is too short.</exception>
    public ImmutableArray<TreeHash> ConsistencyProof(long earlier)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(earlier);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(earlier, Size);
        var proof = ImmutableArray.CreateBuilder<TreeHash>();
        (long start, long end) = (0, Size);

        // Down to where the earlier tree ends: whole trees that it has on the left are left behind, what it lacks on the right is noted.
        while (end > earlier)
        {
            long middle = start + Split(end - start);
            (long Start, long End) sibling = earlier <= middle ? (middle, end) : (start, middle);
            proof.Add(HashOf(sibling.Start, sibling.End));
            (start, end) = earlier <= middle ? (start, middle) : (middle, end);
        }

        // Whoever checks has the earlier root already, when that is where the way ends.
        if (start > 0)
        {
            proof.Add(HashOf(start, end));
        }

        proof.Reverse();
        return proof.ToImmutable();
    }

    /// <summary>The largest power of two below a number above 1: where a tree of so many leaves has its left part's end.</summary>
    internal static long Split(long count) => 1L << BitOperations.Log2((ulong)(count - 1));

    /// <summary>The hash over leaves; the range is one that a node of the tree has under it.</summary>
    private TreeHash HashOf(long start, long end)
    {
        if (BitOperations.IsPow2(end - start))
        {
            return Perfect(BitOperations.Log2((ulong)(end - start)), start);
        }

        long middle = start + Split(end - start);
        return TreeHash.OfNode(HashOf(start, middle), HashOf(middle, end));
    }

    private TreeHash Perfect(int height, long start)
    {
        int level = height / 8;
        long first = start >> (8 * level);
        int count = 1 << (height % 8);

        // A tree of 256^n leaves is one hash in the level above its tile, as long as that tile is full.
        TreeHash[] hashes = Read(Tile.Of(level, Size, first / Tile.WidthMax)!.Value);
        return TileHashes.Perfect(hashes.AsSpan((int)(first % Tile.WidthMax), count));
    }

    private TreeHash[] Read(Tile tile)
    {
        if (!known.TryGetValue(tile, out TreeHash[]? hashes))
        {
            known.Add(tile, hashes = TileHashes.Read(source, tile));
        }

        return hashes;
    }
}
