namespace AccessGov.TransparencyLog;

/// <summary>Checks proofs against roots (RFC 9162, sections 2.1.3.2 and 2.1.4.2; the same trees as RFC 6962). Pure.</summary>
public static class MerkleProof
{
    /// <summary>Whether the proof shows that a leaf stands at an index in the tree with this root.</summary>
    /// <param name="index">The leaf's index, from 0.</param>
    /// <param name="size">How many leaves the tree has.</param>
    /// <param name="leaf">The leaf's hash.</param>
    /// <param name="proof">Hashes from the leaf's sibling up to the root's child.</param>
    /// <param name="root">The root that is believed, from a signed checkpoint.</param>
    public static bool ShowsInclusion(long index, long size, in TreeHash leaf, ReadOnlySpan<TreeHash> proof, in TreeHash root)
    {
        if (index < 0 || index >= size)
        {
            return false;
        }

        (long at, long last) = (index, size - 1);
        TreeHash hash = leaf;
        foreach (ref readonly TreeHash sibling in proof)
        {
            if (last == 0)
            {
                return false;
            }

            if ((at & 1) == 1 || at == last)
            {
                hash = TreeHash.OfNode(sibling, hash);
                (at, last) = SkipMissingSiblings(at, last);
            }
            else
            {
                hash = TreeHash.OfNode(hash, sibling);
            }

            (at, last) = (at >> 1, last >> 1);
        }

        return last == 0 && hash == root;
    }

    /// <summary>Whether the proof shows that the tree of <paramref name="size"/> leaves begins with the tree of <paramref name="earlier"/> leaves.</summary>
    /// <param name="earlier">How many leaves the earlier tree has. Everything begins with the empty tree: then the proof is empty.</param>
    /// <param name="size">How many leaves the later tree has.</param>
    /// <param name="proof">The proof; empty where both sizes are equal.</param>
    /// <param name="earlierRoot">The root of the earlier tree.</param>
    /// <param name="root">The root of the later tree.</param>
    public static bool ShowsConsistency(long earlier, long size, ReadOnlySpan<TreeHash> proof, in TreeHash earlierRoot, in TreeHash root)
    {
        if (earlier < 0 || earlier > size)
        {
            return false;
        }

        if (earlier == size || earlier == 0)
        {
            return proof.IsEmpty && (earlier == size ? earlierRoot == root : earlierRoot == TreeHash.OfEmptyTree);
        }

        bool isWhole = long.IsPow2(earlier);
        if (proof.IsEmpty && !isWhole)
        {
            return false;
        }

        (long at, long last) = SkipWhole(earlier - 1, size - 1);
        TreeHash before = isWhole ? earlierRoot : proof[0];
        TreeHash after = before;
        foreach (ref readonly TreeHash sibling in proof[(isWhole ? 0 : 1)..])
        {
            if (last == 0)
            {
                return false;
            }

            if ((at & 1) == 1 || at == last)
            {
                before = TreeHash.OfNode(sibling, before);
                after = TreeHash.OfNode(sibling, after);
                (at, last) = SkipMissingSiblings(at, last);
            }
            else
            {
                after = TreeHash.OfNode(after, sibling);
            }

            (at, last) = (at >> 1, last >> 1);
        }

        return last == 0 && before == earlierRoot && after == root;
    }

    /// <summary>At the right edge a node may have no sibling for some levels: it stands for its parents there.</summary>
    private static (long At, long Last) SkipMissingSiblings(long at, long last)
    {
        while ((at & 1) == 0 && at != 0)
        {
            (at, last) = (at >> 1, last >> 1);
        }

        return (at, last);
    }

    /// <summary>The earlier tree ends in a whole tree, which is where its proof begins.</summary>
    private static (long At, long Last) SkipWhole(long at, long last)
    {
        while ((at & 1) == 1)
        {
            (at, last) = (at >> 1, last >> 1);
        }

        return (at, last);
    }
}
