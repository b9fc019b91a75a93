namespace AccessGov.TransparencyLog;

/// <summary>
/// What was seen in a bundle: the hashes of its entries, what the checks saw in those that are the tree's, and what is wrong first.
/// </summary>
internal readonly record struct SeenBundle<TPart>(TreeHash[] Leaves, TreeHash? Perfect, bool HasPart, TPart? Part, LogFinding? Fault);

/// <summary>Memory that a thread reads files into, again and again.</summary>
internal sealed class Buffers
{
    public byte[] Bundle = [];
    public byte[] Tile = [];
}

/// <summary>Checks one bundle against its tile of level 0: nothing of other bundles is needed.</summary>
internal sealed class BundleExamination<TPart>(
    ITileSource source, long treeSize, Func<long, IReadOnlyList<ReadOnlyMemory<byte>>, TPart> look)
{
    public SeenBundle<TPart> Of(long index, Buffers buffers)
    {
        long first = index * Tile.WidthMax;
        Tile bundle = Tile.Of(Tile.EntriesLevel, treeSize, index)!.Value;
        Tile tile = Tile.Of(0, treeSize, index)!.Value;
        ReadOnlyMemory<byte> stored = default;
        LogFinding? fault = TileFault.Of(
                bundle, first, "bundle", () => EntryBundle.Read(source.Read(bundle, ref buffers.Bundle)), out var entries)
            ?? (entries!.Count != bundle.Width && entries.Count != Tile.WidthMax
                ? new LogFinding("bundle_malformed", first + Math.Min(entries.Count, bundle.Width),
                    $"{bundle.Path} has {entries.Count} entries, not {bundle.Width}.")
                : TileFault.Of(tile, first, "tile", () => stored = TileHashes.Bytes(tile, source.Read(tile, ref buffers.Tile)), out _));
        if (fault is not null)
        {
            return new SeenBundle<TPart>([], null, false, default, fault);
        }

        var leaves = new TreeHash[bundle.Width];
        int good = 0;
        while (good < leaves.Length && (leaves[good] = TreeHash.OfLeaf(entries![good].Span)) == TileHashes.At(stored.Span, good))
        {
            good++;
        }

        if (good < leaves.Length)
        {
            fault = new LogFinding("entry_changed", first + good,
                $"Entry {first + good} in {bundle.Path} is not the one whose hash is in the tree.");
        }

        TPart part = look(first, good == entries!.Count ? entries : [.. entries.Take(good)]);
        return new SeenBundle<TPart>(leaves, fault is null && bundle.IsFull ? TileHashes.Perfect(leaves) : null, true, part, fault);
    }
}

/// <summary>What is wrong with a file of a log, whatever it should hold.</summary>
internal static class TileFault
{
    public static LogFinding? Of<T>(Tile tile, long first, string kind, Func<T> read, out T? content)
    {
        content = default;
        try
        {
            content = read();
            return null;
        }
        catch (FormatException malformed)
        {
            return new LogFinding($"{kind}_malformed", first, malformed.Message);
        }
        catch (IOException missing)
        {
            return new LogFinding($"{kind}_missing", first, $"{tile.Path} cannot be read: {missing.Message}");
        }
    }
}
