using AccessGov.LeafVerification;
using AccessGov.TransparencyLog;

namespace AccessGov.Cli;

/// <summary>Verifies a whole trail that lies in a directory.</summary>
internal static class TrailVerification
{
    public static VerifyResult Run(
        string directory, TrustedKeys keys, IEnumerable<string> earlier, IReadOnlyList<StoreExport> stores, ShreddedKeys shredded,
        Func<long, ProgressLine> progress, CancellationToken cancellation)
    {
        var tiles = new TileDirectory(directory);
        (SignedNote note, Checkpoint checkpoint) = ReadCheckpoint(tiles.CheckpointPath);
        (string Path, SignedNote Note, Checkpoint Checkpoint)[] kept = [.. earlier.Select(path =>
        {
            (SignedNote keptNote, Checkpoint keptCheckpoint) = ReadCheckpoint(path);
            return (path, keptNote, keptCheckpoint);
        })];
        long minimum = 0;
        LogFinding? finding;
        try
        {
            TrailBeginning beginning = TrailBeginning.Read(tiles, checkpoint);
            minimum = beginning.Minimum;
            finding = keys.FaultOf(note, checkpoint)
                ?? FaultOfLeaves(directory, tiles, checkpoint, beginning, stores, shredded, progress, cancellation)
                ?? First(kept, one => FaultOfEarlier(tiles, checkpoint, one.Path, one.Note, one.Checkpoint, keys))
                ?? First(stores, store => store.FaultAtEnd());
        }
        catch (Exception unreadable) when (unreadable is IOException or FormatException or UnauthorizedAccessException)
        {
            finding = new LogFinding("trail_unreadable", null, unreadable.Message);
        }

        return new VerifyResult(checkpoint, finding) { Stores = stores, Minimum = minimum, BlobsGone = shredded.Gone };
    }

    private static LogFinding? FaultOfLeaves(
        string directory, TileDirectory tiles, Checkpoint checkpoint, TrailBeginning beginning, IReadOnlyList<StoreExport> stores,
        ShreddedKeys shredded, Func<long, ProgressLine> progress, CancellationToken cancellation)
    {
        using ProgressLine line = progress(checkpoint.Size);
        var chain = new LeafChain(directory, beginning.Minimum, run =>
        {
            beginning.Meet(run);
            shredded.Add(run);
            return First(run.Attestations, attestation => First(stores, store => store.FaultOf(attestation)));
        });
        return LogVerification.FirstFault(tiles, checkpoint, chain.Checks, line.Report, cancellation)
            ?? beginning.FaultAtEnd()
            ?? shredded.FaultAtEnd();
    }

    private static LogFinding? First<T>(IEnumerable<T> all, Func<T, LogFinding?> fault) =>
        all.Select(fault).FirstOrDefault(found => found is not null);

    private static LogFinding? FaultOfEarlier(
        TileDirectory tiles, Checkpoint checkpoint, string path, SignedNote note, Checkpoint earlier, TrustedKeys keys)
    {
        if (keys.FaultOfEarlier(note, earlier) is { } fault)
        {
            return fault with { Sentence = $"{path}: {fault.Sentence}" };
        }

        return EarlierTrail.IsBeginningOf(tiles, checkpoint, earlier.Size, earlier.Root) switch
        {
            true => null,
            false => new LogFinding("history_changed", null,
                $"The trail does not begin with the {earlier.Size} leaves that were signed in {path}: history was rewritten or cut off."),
            null => new LogFinding("earlier_pruned", null,
                $"{path} is of {earlier.Size} leaves, and those below {tiles.MinimumIndex} were removed: keep a later one."),
        };
    }

    private static (SignedNote Note, Checkpoint Checkpoint) ReadCheckpoint(string path)
    {
        try
        {
            SignedNote note = TrustedKeys.Parsed(path, () => SignedNote.Parse(RegularFile.ReadAll(path, SignedNote.BytesMax)));
            return (note, TrustedKeys.Parsed(path, () => Checkpoint.Parse(note.Text)));
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw new InputException($"{path}: {refused.Message}");
        }
    }
}
