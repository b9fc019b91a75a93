namespace AccessGov.TransparencyLog;

/// <summary>What is wrong with a log.</summary>
/// <param name="Code">A stable code: <c>bundle_missing</c>, <c>bundle_malformed</c>, <c>tile_missing</c>, <c>tile_malformed</c>, <c>entry_changed</c>, <c>tile_changed</c>,
/// <c>root_differs</c>, or that of the check of entries.</param>
/// <param name="Index">The first entry that cannot be believed; null when nobody can say which it is.</param>
/// <param name="Sentence">The same for people.</param>
public sealed record LogFinding(string Code, long? Index, string Sentence);

/// <summary>What is to hold for an entry beside its being in the tree, for example that it names the one before.</summary>
/// <param name="index">The entry's index.</param>
/// <param name="entry">Its bytes, which are lent for the call.</param>
/// <returns>What is wrong; null when nothing is.</returns>
public delegate LogFinding? EntryCheck(long index, ReadOnlySpan<byte> entry);

/// <summary>Checks all of a log: every entry against its tile, every tile against those above, the root against the checkpoint. Reads each file once, in order.</summary>
public static class LogVerification
{
    /// <summary>Checks the log up to a checkpoint, from the first entry.</summary>
    /// <param name="source">Where tiles and bundles are.</param>
    /// <param name="checkpoint">What is believed, because its signature was checked.</param>
    /// <param name="check">What else is to hold for each entry, asked in their order; null for nothing.</param>
    /// <param name="progress">Is told how many entries are done, after each bundle; null for nobody.</param>
    /// <param name="cancellation">Ends the work.</param>
    /// <returns>The first thing that is wrong; null when the log is what the checkpoint says.</returns>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static LogFinding? FirstFault(
        ITileSource source, Checkpoint checkpoint, EntryCheck? check = null, Action<long>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(checkpoint);
        var run = new Run(source, checkpoint.Size);
        for (long index = 0; Tile.Of(Tile.EntriesLevel, checkpoint.Size, index) is { } bundle; index++)
        {
            cancellation.ThrowIfCancellationRequested();
            if (run.FaultOf(bundle, check) is { } fault)
            {
                return fault;
            }

            progress?.Invoke(run.Size);
        }

        return run.FaultOfPartialTiles() ?? (run.Root() == checkpoint.Root ? null
            : new LogFinding("root_differs", null, $"The root of the {checkpoint.Size} entries is {run.Root()}, not {checkpoint.Root} as the checkpoint says."));
    }

    private sealed class Run(ITileSource source, long treeSize)
    {
        private readonly TreeEdge edge = new();
        private LogFinding? tileFault;

        public long Size => edge.Size;

        public TreeHash Root() => edge.Root();

        public LogFinding? FaultOf(Tile bundle, EntryCheck? check)
        {
            if (Read(bundle, "bundle", () => EntryBundle.Read(source.Read(bundle)), out IReadOnlyList<ReadOnlyMemory<byte>>? entries) is { } unread)
            {
                return unread;
            }

            if (entries!.Count < bundle.Width)
            {
                return new LogFinding("bundle_malformed", Size + entries.Count, $"{bundle.Path} has {entries.Count} entries, not {bundle.Width}.");
            }

            if (Hashes(Tile.Of(0, treeSize, bundle.Index)!.Value, out TreeHash[]? hashes) is { } malformed)
            {
                return malformed;
            }

            for (int i = 0; i < bundle.Width; i++)
            {
                ReadOnlySpan<byte> entry = entries[i].Span;
                TreeHash leaf = TreeHash.OfLeaf(entry);
                if (leaf != hashes![i])
                {
                    return new LogFinding("entry_changed", Size, $"Entry {Size} in {bundle.Path} is not the one whose hash is in the tree.");
                }

                if (check?.Invoke(Size, entry) is { } fault)
                {
                    return fault;
                }

                edge.Append(leaf, CompareUpper);
            }

            return tileFault;
        }

        public LogFinding? FaultOfPartialTiles()
        {
            foreach ((Tile tile, var hashes) in edge.PartialTiles())
            {
                CompareUpper(tile, hashes);
            }

            return tileFault;
        }

        /// <summary>Tiles of level 0 have been compared entry by entry.</summary>
        private void CompareUpper(Tile tile, IReadOnlyList<TreeHash> computed)
        {
            if (tile.Level > 0 && tileFault is null)
            {
                tileFault = Hashes(tile, out TreeHash[]? stored)
                    ?? (computed.SequenceEqual(stored!) ? null : new LogFinding("tile_changed", null, $"{tile.Path} does not have the hashes of the tiles below it."));
            }
        }

        private LogFinding? Hashes(Tile tile, out TreeHash[]? hashes) => Read(tile, "tile", () => TileHashes.Read(source, tile), out hashes);

        private LogFinding? Read<T>(Tile tile, string kind, Func<T> parse, out T? read)
            where T : class
        {
            read = null;
            try
            {
                read = parse();
                return null;
            }
            catch (FormatException malformed)
            {
                return new LogFinding($"{kind}_malformed", Size, malformed.Message);
            }
            catch (IOException missing)
            {
                return new LogFinding($"{kind}_missing", Size, $"{tile.Path} cannot be read: {missing.Message}");
            }
        }
    }
}
