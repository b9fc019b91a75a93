using AccessGov.TransparencyLog;
using Microsoft.Extensions.Options;

namespace AccessGov.Audit.Trail;

/// <summary>Reads what is published: leaves and their proofs. Thread-safe.</summary>
internal sealed class TrailReader(IOptions<AuditOptions> options, CheckpointSigner signer)
{
    private readonly TileDirectory tiles = new(options.Value.TrailDirectory);

    /// <summary>How many leaves are published.</summary>
    public long Size => signer.Published()?.Checkpoint.Size ?? 0;

    /// <summary>The leaves from one on, at most to the end of its bundle; none beyond what is published.</summary>
    /// <param name="sequence">The first one's number.</param>
    /// <param name="size">How many are published.</param>
    public IReadOnlyList<ReadOnlyMemory<byte>> Read(long sequence, long size) =>
        Tile.Of(Tile.EntriesLevel, size, sequence / Tile.WidthMax) is { } bundle && sequence < size
            ? [.. EntryBundle.Read(tiles.Read(bundle)).Take(bundle.Width).Skip((int)(sequence % Tile.WidthMax))]
            : [];

    /// <summary>One leaf; null when it is not published.</summary>
    public ReadOnlyMemory<byte>? Leaf(long sequence) =>
        sequence >= 0 && Read(sequence, Size) is [var leaf, ..] ? (ReadOnlyMemory<byte>?)leaf : null;

    /// <summary>
    /// The proof that a leaf is in the trail, against the newest checkpoint with cosignatures of witnesses that covers it, else the newest;
    /// null when it is not published.
    /// </summary>
    public LogProof? ProofOf(long sequence) =>
        sequence >= 0 && CheckpointFor(sequence) is { } published
            ? new LogProof(sequence, new TileTree(tiles, published.Checkpoint.Size).InclusionProof(sequence), published.Note)
            : null;

    /// <summary>Leaves with their proofs against one checkpoint.</summary>
    /// <param name="sequences">Published ones.</param>
    public IReadOnlyList<ProvenLeaf> Prove(IReadOnlyList<long> sequences)
    {
        if (sequences.Count == 0)
        {
            return [];
        }

        (SignedNote note, Checkpoint checkpoint) = CheckpointFor(sequences.Max())!;
        var tree = new TileTree(tiles, checkpoint.Size);
        return [.. sequences.Select(sequence =>
            new ProvenLeaf(Read(sequence, checkpoint.Size)[0], new LogProof(sequence, tree.InclusionProof(sequence), note)))];
    }

    private PublishedCheckpoint? CheckpointFor(long sequence) =>
        signer.Witnessed() is { } witnessed && sequence < witnessed.Checkpoint.Size ? witnessed
        : signer.Published() is { } published && sequence < published.Checkpoint.Size ? published
        : null;
}

/// <summary>A leaf and the proof that it is in the trail.</summary>
internal sealed record ProvenLeaf(ReadOnlyMemory<byte> Leaf, LogProof Proof);
