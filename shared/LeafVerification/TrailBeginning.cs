using System.Text;
using AccessGov.TransparencyLog;

namespace AccessGov.LeafVerification;

/// <summary>
/// Where a trail begins. After a pruning (c2sp.org/tlog-tiles) that is the leaf which <c>minimum-index</c> names. Nobody has signed that
/// file: what it says holds when a leaf of the trail says the same, with what the leaves before it hash to.
/// </summary>
public sealed class TrailBeginning
{
    private readonly TreeHash root;
    private bool isProven;
    private string? previous;

    private TrailBeginning(long minimum, TreeHash root) => (Minimum, this.root) = (minimum, root);

    /// <summary>The first leaf that is there.</summary>
    public long Minimum { get; }

    /// <summary>Reads where it begins.</summary>
    /// <param name="tiles">The trail.</param>
    /// <param name="checkpoint">Its checkpoint.</param>
    /// <exception cref="FormatException">The file is none, or what it names is not there.</exception>
    public static TrailBeginning Read(TileDirectory tiles, Checkpoint checkpoint)
    {
        long minimum = Readable(() => tiles.MinimumIndex);
        return minimum % Tile.WidthMax != 0 || minimum >= Math.Max(checkpoint.Size, 1)
            ? throw new FormatException($"minimum-index says {minimum}: it is a multiple of {Tile.WidthMax} below the trail's size.")
            : new TrailBeginning(minimum, Readable(() => TreeEdge.OfBeginning(minimum, tiles, checkpoint.Size).Root()));
    }

    /// <summary>Looks at leaves in their order.</summary>
    public void Meet(LeafRun run)
    {
        if (run.Count == 0)
        {
            return;
        }

        previous ??= Encoding.ASCII.GetString(run.FirstPrevious);
        isProven |= run.Prunings.Any(pruning => pruning.Minimum == Minimum && pruning.Previous == previous && pruning.Root == root);
    }

    /// <summary>What is wrong after all leaves were seen.</summary>
    public LogFinding? FaultAtEnd() => Minimum == 0 || isProven ? null
        : new LogFinding("pruning_unproven", Minimum,
            $"The leaves before {Minimum} are not there, and no leaf says that they were pruned, with what they hash to.");

    private static T Readable<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception refused) when (refused is IOException or FormatException or UnauthorizedAccessException)
        {
            throw new FormatException($"minimum-index or what it names cannot be read: {refused.Message}", refused);
        }
    }
}
