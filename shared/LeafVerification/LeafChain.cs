using AccessGov.TransparencyLog;

namespace AccessGov.LeafVerification;

/// <summary>
/// What holds from one leaf of an audit trail to the next: each has its own number (<c>seq</c>), the SHA-256 of the leaf before in
/// hexadecimal (<c>prev</c>; zeros in the first) and when it was received (<c>recv_ts</c>), never earlier than the one before. Files that
/// leaves refer to are compared with their names.
/// </summary>
/// <param name="directory">The trail.</param>
/// <param name="beginning">
/// The leaf to begin with, a multiple of 256: 0, the first after a pruning, or the first that was not looked at.
/// </param>
/// <param name="also">
/// Is given what was seen, in the order of the leaves, and says what else is wrong with it; null when nothing is.
/// </param>
public sealed class LeafChain(string directory, long beginning, Func<LeafRun, LogFinding?> also)
{
    private byte[]? previous = beginning > 0 ? null : [.. Enumerable.Repeat((byte)'0', Leaf.PreviousLength)];
    private DateTimeOffset received = DateTimeOffset.MinValue;

    /// <summary>The checks, for one verification.</summary>
    public EntryChecks<LeafRun> Checks => new(Look, Follow) { First = beginning };

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
        if (run.Count > 0
            && FaultOfLink(run.First, run.FirstPrevious, previous ?? run.FirstPrevious, run.FirstReceived, received) is { } broken)
        {
            return broken;
        }

        if (also(run) is { } differing)
        {
            return differing;
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
