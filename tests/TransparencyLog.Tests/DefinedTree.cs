namespace AccessGov.TransparencyLog.Tests;

/// <summary>The definitions of RFC 6962, sections 2.1 to 2.1.2, word by word: slow, and nothing to get wrong.</summary>
internal static class DefinedTree
{
    public static TreeHash Root(ReadOnlySpan<TreeHash> leaves) => leaves.Length switch
    {
        0 => TreeHash.OfEmptyTree,
        1 => leaves[0],
        _ => TreeHash.OfNode(Root(leaves[..Half(leaves.Length)]), Root(leaves[Half(leaves.Length)..])),
    };

    public static TreeHash[] Path(int index, ReadOnlySpan<TreeHash> leaves) =>
        leaves.Length == 1 ? []
        : index < Half(leaves.Length) ? [.. Path(index, leaves[..Half(leaves.Length)]), Root(leaves[Half(leaves.Length)..])]
        : [.. Path(index - Half(leaves.Length), leaves[Half(leaves.Length)..]), Root(leaves[..Half(leaves.Length)])];

    public static TreeHash[] Consistency(int earlier, ReadOnlySpan<TreeHash> leaves, bool whole = true)
    {
        if (earlier == leaves.Length)
        {
            return whole ? [] : [Root(leaves)];
        }

        int half = Half(leaves.Length);
        return earlier <= half
            ? [.. Consistency(earlier, leaves[..half], whole), Root(leaves[half..])]
            : [.. Consistency(earlier - half, leaves[half..], whole: false), Root(leaves[..half])];
    }

    private static int Half(int count)
    {
        int half = 1;
        while (half * 2 < count)
        {
            half *= 2;
        }

        return half;
    }
}
