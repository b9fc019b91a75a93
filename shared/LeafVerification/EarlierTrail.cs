using AccessGov.TransparencyLog;

namespace AccessGov.LeafVerification;

/// <summary>What a trail was when somebody looked before: it only grows.</summary>
public static class EarlierTrail
{
    /// <summary>Whether a trail begins with what was signed earlier; null where that cannot be computed, because it was pruned.</summary>
    /// <param name="tiles">The trail.</param>
    /// <param name="checkpoint">Its checkpoint.</param>
    /// <param name="size">How many leaves there were.</param>
    /// <param name="root">The root over them.</param>
    /// <exception cref="IOException">A tile cannot be read.</exception>
    /// <exception cref="FormatException">A tile is malformed.</exception>
    public static bool? IsBeginningOf(TileDirectory tiles, Checkpoint checkpoint, long size, TreeHash root)
    {
        ArgumentNullException.ThrowIfNull(tiles);
        ArgumentNullException.ThrowIfNull(checkpoint);
        return size < tiles.MinimumIndex ? null : size <= checkpoint.Size && MerkleProof.ShowsConsistency(
            size, checkpoint.Size, size == 0 ? [] : new TileTree(tiles, checkpoint.Size).ConsistencyProof(size).AsSpan(), root,
            checkpoint.Root);
    }
}
