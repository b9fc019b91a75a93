namespace AccessGov.TransparencyLog;

/// <summary>
/// Checks all of a log: every entry against its tile, every tile against those above, the root against the checkpoint. Reads each file
/// once; bundles are checked on all processors, and what is found is found in the order of the entries.
/// </summary>
public static class LogVerification
{
    // Bundles of one round for a processor: enough that waiting for the slowest at its end does not count.
    private const int BundlesPerProcessor = 64;

    /// <summary>Checks the log up to a checkpoint, from the first entry.</summary>
    /// <param name="source">Where tiles and bundles are; it is asked by several threads at once.</param>
    /// <param name="checkpoint">What is believed, because its signature was checked.</param>
    /// <param name="progress">Is told how many entries are done; null for nobody.</param>
    /// <param name="cancellation">Ends the work.</param>
    /// <returns>The first thing that is wrong; null when the log is what the checkpoint says.</returns>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static LogFinding? FirstFault(ITileSource source, Checkpoint checkpoint, Action<long>? progress = null,
        CancellationToken cancellation = default) =>
        FirstFault(source, checkpoint, new EntryChecks<bool>((_, _) => true, _ => null), progress, cancellation);

    /// <summary>Checks the log up to a checkpoint, from the first entry that it has, and what else is to hold for its entries.</summary>
    /// <typeparam name="TPart">What the checks see in a bundle.</typeparam>
    /// <param name="source">Where tiles and bundles are; it is asked by several threads at once.</param>
    /// <param name="checkpoint">What is believed, because its signature was checked.</param>
    /// <param name="checks">What else is to hold.</param>
    /// <param name="progress">Is told how many entries are done; null for nobody.</param>
    /// <param name="cancellation">Ends the work.</param>
    /// <returns>The first thing that is wrong; null when the log is what the checkpoint says.</returns>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    /// <exception cref="IOException">After a pruning, the tiles that stand for what was before cannot be read.</exception>
    public static LogFinding? FirstFault<TPart>(
        ITileSource source, Checkpoint checkpoint, EntryChecks<TPart> checks, Action<long>? progress = null,
            CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(checkpoint);
        ArgumentNullException.ThrowIfNull(checks);
        var examination = new BundleExamination<TPart>(source, checkpoint.Size, checks.Look);
        var joining = new Joining(source, TreeEdge.OfBeginning(checks.First, source, checkpoint.Size));
        long bundles = (checkpoint.Size / Tile.WidthMax) + (checkpoint.Size % Tile.WidthMax > 0 ? 1 : 0);
        long begin = checks.First / Tile.WidthMax;
        var round = new SeenBundle<TPart>[Math.Min(bundles - begin, checks.ProcessorsMax * BundlesPerProcessor)];
        var options = new ParallelOptions { CancellationToken = cancellation, MaxDegreeOfParallelism = checks.ProcessorsMax };
        for (long first = begin; first < bundles; first += round.Length)
        {
            int count = (int)Math.Min(round.Length, bundles - first);
            Parallel.For(0, count, options, () => new Buffers(), (i, _, buffers) =>
            {
                round[i] = examination.Of(first + i, buffers);
                return buffers;
            }, _ => { });
            foreach (SeenBundle<TPart> seen in round.AsSpan(0, count))
            {
                LogFinding? fault = seen.HasPart ? checks.Follow(seen.Part!) : null;
                fault ??= seen.Fault ?? joining.FaultOf(seen.Leaves, seen.Perfect);
                if (fault is not null)
                {
                    return fault;
                }
            }

            progress?.Invoke(joining.Size);
        }

        return joining.FaultOfPartialTiles() ?? (joining.Root() == checkpoint.Root ? null
            : new LogFinding("root_differs", null,
                $"The root of the {checkpoint.Size} entries is {joining.Root()}, not {checkpoint.Root} as the checkpoint says."));
    }

    /// <summary>The tree above the tiles of level 0, bundle by bundle.</summary>
    private sealed class Joining(ITileSource source, TreeEdge edge)
    {
        private LogFinding? tileFault;

        public long Size => edge.Size;

        public TreeHash Root() => edge.Root();

        public LogFinding? FaultOf(TreeHash[] leaves, TreeHash? perfect)
        {
            if (perfect is { } hash)
            {
                edge.AppendFullTile(hash, CompareUpper);
                return tileFault;
            }

            foreach (TreeHash leaf in leaves)
            {
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
                tileFault = TileFault.Of(tile, Size, "tile", () => TileHashes.Read(source, tile), out TreeHash[]? stored)
                    ?? (computed.SequenceEqual(stored!) ? null
                        : new LogFinding("tile_changed", null, $"{tile.Path} does not have the hashes of the tiles below it."));
            }
        }
    }
}
