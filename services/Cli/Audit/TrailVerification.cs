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
        TrailBeginning beginning = Read(() => TrailBeginning.Read(tiles, checkpoint));
        LogFinding? finding = keys.FaultOf(note, checkpoint);
        if (finding is null)
        {
            using ProgressLine line = progress(checkpoint.Size);
            var chain = new LeafChain(directory, beginning.Minimum, run =>
            {
                beginning.Meet(run);
                shredded.Add(run);
                return First(run.Attestations, attestation => First(stores, store => store.FaultOf(attestation)));
            });
            finding = LogVerification.FirstFault(tiles, checkpoint, chain.Checks, line.Report, cancellation)
                ?? beginning.FaultAtEnd()
                ?? shredded.FaultAtEnd()
                ?? First(earlier, path => FaultOfEarlier(tiles, checkpoint, path, keys))
                ?? First(stores, store => store.FaultAtEnd());
        }

        return new VerifyResult(checkpoint, finding) { Stores = stores, Minimum = beginning.Minimum, BlobsGone = shredded.Gone };
    }

    private static LogFinding? First<T>(IEnumerable<T> all, Func<T, LogFinding?> fault) =>
        all.Select(fault).FirstOrDefault(found => found is not null);

    private static LogFinding? FaultOfEarlier(TileDirectory tiles, Checkpoint checkpoint, string path, TrustedKeys keys)
    {
        (SignedNote note, Checkpoint earlier) = ReadCheckpoint(path);
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

    private static TrailBeginning Read(Func<TrailBeginning> read)
    {
        try
        {
            return read();
        }
        catch (FormatException refused)
        {
            throw new InputException(refused.Message);
        }
    }

    private static (SignedNote Note, Checkpoint Checkpoint) ReadCheckpoint(string path)
    {
        try
        {
            if (new FileInfo(path) is { Exists: true, Length: > SignedNote.BytesMax })
            {
                throw new InputException($"{path}: a checkpoint has at most {SignedNote.BytesMax} bytes.");
            }

            SignedNote note = TrustedKeys.Parsed(path, () => SignedNote.Parse(File.ReadAllBytes(path)));
            return (note, TrustedKeys.Parsed(path, () => Checkpoint.Parse(note.Text)));
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw new InputException($"{path}: {refused.Message}");
        }
    }
}
