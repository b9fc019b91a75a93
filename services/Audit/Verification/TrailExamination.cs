using System.Diagnostics;
using AccessGov.Audit.Trail;
using AccessGov.LeafVerification;
using AccessGov.TransparencyLog;
using Microsoft.Extensions.Options;

namespace AccessGov.Audit.Verification;

/// <summary>
/// Verifies the trail's files as <c>accessgov audit verify</c> does, beside everything else: on one thread, which rests three times as long
/// as it works, and a few bundles at a time. Thread-safe.
/// </summary>
internal sealed class TrailExamination(IOptions<AuditOptions> options, CheckpointSigner signer, TrailDatabase database)
{
    private const int RestsPerWork = 3;
    private readonly string directory = options.Value.TrailDirectory;

    /// <summary>Verifies what is published now.</summary>
    /// <param name="good">What was good before, from where it goes on; null for the whole trail.</param>
    /// <param name="earlier">What the trail began with when it was verified before; null when it never was.</param>
    /// <param name="cancellation">Ends the work.</param>
    public Task<Examined> RunAsync(long? good, (long Size, TreeHash Root)? earlier, CancellationToken cancellation) =>
        Task.Factory.StartNew(
            () => Twice(good ?? 0, from => Look(from, earlier, cancellation)), cancellation, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    /// <summary>Looks; and again at what is wrong: leaves may have been pruned while they were looked at.</summary>
    internal static Examined Twice(long good, Func<long, Examined> look)
    {
        Examined first = look(good);
        return first.Finding is null ? first : look(first.Finding.Index ?? good);
    }

    private Examined Look(long from, (long Size, TreeHash Root)? earlier, CancellationToken cancellation)
    {
        Checkpoint? checkpoint = null;
        try
        {
            checkpoint = signer.Published()?.Checkpoint;
            return new Examined(
                checkpoint, checkpoint is null ? FaultOfNothing(earlier) : FaultOf(checkpoint, from, earlier, cancellation));
        }
        catch (TrailDamagedException unsigned)
        {
            return new Examined(checkpoint, new LogFinding("signature_missing", null, unsigned.Message));
        }
        catch (Exception unreadable) when (unreadable is IOException or FormatException or UnauthorizedAccessException)
        {
            return new Examined(checkpoint, new LogFinding("trail_unreadable", null, unreadable.Message));
        }
    }

    /// <summary>Nothing is published in the beginning, and never again after that.</summary>
    private static LogFinding? FaultOfNothing((long Size, TreeHash Root)? earlier) => earlier is (> 0, _)
        ? new LogFinding("checkpoint_missing", null, "There is no checkpoint, although there was one when the trail was verified before.")
        : null;

    private LogFinding? FaultOf(Checkpoint checkpoint, long from, (long Size, TreeHash Root)? earlier, CancellationToken cancellation)
    {
        var tiles = new TileDirectory(directory);
        TrailBeginning beginning = TrailBeginning.Read(tiles, checkpoint);

        // A trail that was cut off is shorter than what was good. The leaf before shows that the first one follows it.
        long first = Math.Max(beginning.Minimum, Math.Max(Math.Min(from, checkpoint.Size) - 1, 0) / Tile.WidthMax * Tile.WidthMax);
        var files = new MissingFiles(database, cancellation);
        var chain = new LeafChain(directory, first, run =>
        {
            beginning.Meet(run);
            return files.Add(run);
        });
        long start = Stopwatch.GetTimestamp();
        LogFinding? found = LogVerification.FirstFault(tiles, checkpoint, chain.Checks with { ProcessorsMax = 1 }, _ => Rest(), cancellation);

        // What no shredding explains is asked for many leaves at once: it may be of one before what was found.
        return (files.Fault() is { } missing && (found is null || missing.Index < found.Index) ? missing : found)
            ?? (first == beginning.Minimum ? beginning.FaultAtEnd() : null)
            ?? (earlier is (var size, var root) && EarlierTrail.IsBeginningOf(tiles, checkpoint, size, root) == false
                ? new LogFinding("history_changed", null, $"The trail does not begin with the {size} leaves that were verified before.")
                : null);

        void Rest()
        {
            cancellation.WaitHandle.WaitOne(RestsPerWork * Stopwatch.GetElapsedTime(start));
            cancellation.ThrowIfCancellationRequested();
            start = Stopwatch.GetTimestamp();
        }
    }
}

/// <summary>What came of a verification.</summary>
/// <param name="Checkpoint">What was published; null when nothing is, or nobody can say.</param>
/// <param name="Finding">What is wrong first; null when nothing is.</param>
internal sealed record Examined(Checkpoint? Checkpoint, LogFinding? Finding);
