using AccessGov.TransparencyLog;

namespace AccessGov.Cli;

/// <summary>What was seen in consecutive leaves: how the first joins on, what the next must join on to, and what is wrong first.</summary>
internal sealed class LeafRun(long first)
{
    public long First { get; } = first;

    public byte[] FirstPrevious { get; } = new byte[Leaf.PreviousLength];

    public DateTimeOffset FirstReceived { get; set; }

    public byte[] LastHash { get; } = new byte[Leaf.PreviousLength];

    public DateTimeOffset LastReceived { get; set; }

    /// <summary>How many leaves are good before anything that is wrong.</summary>
    public int Count { get; set; }

    public LogFinding? Fault { get; set; }

    public List<Attestation> Attestations { get; } = [];

    public List<ShreddingClaim> Shreddings { get; } = [];

    public List<PruningClaim> Prunings { get; } = [];

    public List<MissingBlob> MissingBlobs { get; } = [];
}

/// <summary>
/// What holds from one leaf of an audit trail to the next: each has its own number (<c>seq</c>), the SHA-256 of the leaf before in
/// hexadecimal (<c>prev</c>; zeros in the first) and when it was received (<c>recv_ts</c>), never earlier than the one before. What leaves
/// attest of stores is compared with their exports, and files that leaves refer to with their names.
/// </summary>
/// <param name="stores">The stores that were exported.</param>
/// <param name="directory">The trail.</param>
/// <param name="beginning">Where it begins: after a pruning not with leaf 0.</param>
/// <param name="shredded">Which keys were shredded.</param>
internal sealed class LeafChain(IReadOnlyList<StoreExport> stores, string directory, TrailBeginning beginning, ShreddedKeys shredded)
{
    private byte[]? previous = beginning.Minimum > 0 ? null : [.. Enumerable.Repeat((byte)'0', Leaf.PreviousLength)];
    private DateTimeOffset received = DateTimeOffset.MinValue;

    public EntryChecks<LeafRun> Checks => new(Look, Follow) { First = beginning.Minimum };

    private LeafRun Look(long first, IReadOnlyList<ReadOnlyMemory<byte>> leaves)
    {
        var run = new LeafRun(first);
        Span<byte> hash = stackalloc byte[Sha256.Length];
        for (int i = 0; i < leaves.Count; i++)
        {
            ReadOnlySpan<byte> bytes = leaves[i].Span;
            run.Fault = FaultOf(run, bytes, out Leaf leaf)
                ?? (leaf.Marks == LeafMarks.None ? null : LeafClaims.Read(run, first + i, bytes, leaf.Marks, directory));
            if (run.Fault is not null)
            {
                break;
            }

            Sha256.Hash(bytes, hash);
            Convert.TryToHexStringLower(hash, run.LastHash, out _);
            run.LastReceived = leaf.Received;
            run.Count++;
        }

        return run;
    }

    /// <summary>Joins on what was seen in the next leaves.</summary>
    internal LogFinding? Follow(LeafRun run)
    {
        if (run.Count > 0)
        {
            beginning.Meet(run);
            if (FaultOfLink(run.First, run.FirstPrevious, previous ?? run.FirstPrevious, run.FirstReceived, received) is { } broken)
            {
                return broken;
            }
        }

        shredded.Add(run);

        foreach (Attestation attestation in run.Attestations)
        {
            if (stores.Select(store => store.FaultOf(attestation)).FirstOrDefault(fault => fault is not null) is { } differing)
            {
                return differing;
            }
        }

        if (run.Count > 0)
        {
            (previous, received) = (run.LastHash, run.LastReceived);
        }

        return run.Fault;
    }

    private static LogFinding? FaultOf(LeafRun run, ReadOnlySpan<byte> bytes, out Leaf leaf)
    {
        long index = run.First + run.Count;
        if (Leaf.Read(bytes, out leaf) is (var code, var reason))
        {
            return new LogFinding(code, index, $"Leaf {index} {reason}.");
        }

        if (leaf.Sequence != index)
        {
            return new LogFinding("sequence_broken", index, $"Leaf {index} says to be number {leaf.Sequence}.");
        }

        ReadOnlySpan<byte> names = bytes.Slice(leaf.PreviousAt, Leaf.PreviousLength);
        if (run.Count > 0)
        {
            return FaultOfLink(index, names, run.LastHash, leaf.Received, run.LastReceived);
        }

        names.CopyTo(run.FirstPrevious);
        run.FirstReceived = leaf.Received;
        return null;
    }

    private static LogFinding? FaultOfLink(
        long index, ReadOnlySpan<byte> names, ReadOnlySpan<byte> previous, DateTimeOffset at, DateTimeOffset before) =>
        !names.SequenceEqual(previous)
            ? new LogFinding("chain_broken", index, $"Leaf {index} was written after another leaf than the one before it.")
        : at < before ? new LogFinding("time_reversed", index, $"Leaf {index} was received at {at:O}, earlier than the one before it.")
        : null;
}
