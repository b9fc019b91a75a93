using System.Text.Json;
using AccessGov.TransparencyLog;
using Microsoft.Extensions.Options;

namespace AccessGov.Audit.Trail;

/// <summary>Reads what is published: leaves and their proofs. Thread-safe.</summary>
internal sealed class TrailReader(IOptions<AuditOptions> options, CheckpointSigner signer)
{
    private const int FileBytesMax = Tile.WidthMax * (EntryBundle.EntryBytesMax + sizeof(ushort));
    private readonly TileDirectory tiles = new(options.Value.TrailDirectory);
    private long changed = -1;

    /// <summary>How many leaves are published.</summary>
    public long Size => signer.Published()?.Checkpoint.Size ?? 0;

    /// <summary>The first leaf that there is: those before were pruned.</summary>
    public long Minimum => Readable(() => tiles.MinimumIndex);

    /// <summary>The leaves from one on, at most to the end of its bundle; none beyond what is published.</summary>
    /// <param name="sequence">The first one's number.</param>
    /// <param name="size">How many are published.</param>
    /// <exception cref="TrailUnreadableException">They cannot be read, were pruned, or are not those of the tree.</exception>
    public IReadOnlyList<ReadOnlyMemory<byte>> Read(long sequence, long size) => Read(sequence, size, Tile.WidthMax);

    /// <summary>A leaf that is not the one of the tree, as long as it is not; null when none was met.</summary>
    public long? Changed()
    {
        if (Interlocked.Read(ref changed) is not (>= 0 and var sequence))
        {
            return null;
        }

        try
        {
            if (sequence >= Minimum)
            {
                Read(sequence, Size, 1);
            }

            Interlocked.CompareExchange(ref changed, -1, sequence);
            return null;
        }
        catch (TrailUnreadableException)
        {
            return sequence;
        }
    }

    /// <summary>One leaf; null when it is not published, or was pruned.</summary>
    public ReadOnlyMemory<byte>? Leaf(long sequence) =>
        sequence >= 0 && sequence >= Minimum && Read(sequence, Size, 1) is [var leaf] ? (ReadOnlyMemory<byte>?)leaf : null;

    /// <summary>
    /// The proof that a leaf is in the trail, against the newest checkpoint with cosignatures of witnesses that covers it, else the newest;
    /// null when it is not published, or was pruned.
    /// </summary>
    public LogProof? ProofOf(long sequence) =>
        Leaf(sequence) is not null && CheckpointFor(sequence) is { } published
            ? new LogProof(
                sequence, Readable(() => new TileTree(tiles, published.Checkpoint.Size).InclusionProof(sequence)), published.Note)
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
        return [.. sequences.Select(sequence => new ProvenLeaf(
            Read(sequence, checkpoint.Size, 1)[0],
            new LogProof(sequence, Readable(() => tree.InclusionProof(sequence)), note)))];
    }

    /// <summary>The first leaf that was taken in then or later: their times never decrease.</summary>
    public long FirstReceivedAt(DateTimeOffset at, long size)
    {
        (long low, long high) = (Minimum, size);
        while (low < high)
        {
            long middle = low + ((high - low) / 2);
            (low, high) = TrailEntry.Parse(Read(middle, size)[0]).ReceivedAt < at ? (middle + 1, high) : (low, middle);
        }

        return low;
    }

    /// <summary>The root over the leaves before one that is published.</summary>
    public TreeHash RootBefore(long sequence) => Readable(() => TreeEdge.OfBeginning(sequence, tiles, Size).Root());

    /// <summary>The SHA-256 of the leaf before one that is published, in hexadecimal digits, as that one has it.</summary>
    public string PreviousOf(long sequence)
    {
        using var leaf = JsonDocument.Parse(Leaf(sequence)!.Value);
        return leaf.RootElement.GetProperty("prev").GetString()!;
    }

    /// <summary>The file of a tile or of a bundle of leaves, as it is; null when there is none.</summary>
    /// <exception cref="TrailUnreadableException">It cannot be read, or its leaves are not those of the tree.</exception>
    public byte[]? FileOf(Tile tile)
    {
        string path = Path.Combine(options.Value.TrailDirectory, tile.Path);
        return Readable(() =>
        {
            byte[] content;
            try
            {
                content = RegularFile.ReadAll(path, FileBytesMax);
            }
            catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
            {
                return null;
            }

            Compare(tile, content);
            return content;
        });
    }

    /// <summary>What is signed of a tile or of a bundle of leaves; of a partial one perhaps more.</summary>
    /// <exception cref="TrailUnreadableException">It cannot be read, or its leaves are not those of the tree.</exception>
    public ReadOnlyMemory<byte> Signed(Tile tile) => Readable(() =>
    {
        ReadOnlyMemory<byte> content = tiles.Read(tile);
        Compare(tile, content);
        return content;
    });

    private void Compare(Tile tile, ReadOnlyMemory<byte> content)
    {
        if (tile.Level != Tile.EntriesLevel)
        {
            return;
        }

        ReadOnlyMemory<byte>[] leaves = [.. EntryBundle.Read(content).Take(tile.Width)];
        Compare(leaves, tiles.Read(tile with { Level = 0 }).Span, tile.Index * Tile.WidthMax);
        if (leaves.Length < tile.Width)
        {
            throw new FormatException($"{tile.Path} has {leaves.Length} leaves.");
        }
    }

    /// <summary>What is changed in a file is not served as if it were what was signed: each leaf is compared with its hash.</summary>
    private ReadOnlyMemory<byte>[] Read(long sequence, long size, int most)
    {
        long index = sequence / Tile.WidthMax;
        if (sequence >= size || Tile.Of(Tile.EntriesLevel, size, index) is not { } bundle)
        {
            return [];
        }

        return Readable(() =>
        {
            int first = (int)(sequence % Tile.WidthMax);
            ReadOnlyMemory<byte> hashes = tiles.Read(Tile.Of(0, size, index)!.Value);
            ReadOnlyMemory<byte>[] leaves = [.. EntryBundle.Read(tiles.Read(bundle)).Take(bundle.Width).Skip(first).Take(most)];
            Compare(leaves, hashes.Span[Math.Min(hashes.Length, first * TreeHash.Length)..], sequence);
            return leaves;
        });
    }

    private void Compare(ReadOnlyMemory<byte>[] leaves, ReadOnlySpan<byte> hashes, long sequence)
    {
        for (int i = 0; i < leaves.Length; i++)
        {
            int at = i * TreeHash.Length;
            if (at + TreeHash.Length > hashes.Length
                || TreeHash.FromBytes(hashes.Slice(at, TreeHash.Length)) != TreeHash.OfLeaf(leaves[i].Span))
            {
                Interlocked.CompareExchange(ref changed, sequence + i, -1);
                throw new FormatException($"The leaf {sequence + i} is not the one of the tree.");
            }
        }
    }

    private static T Readable<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception unreadable) when (unreadable is IOException or FormatException or UnauthorizedAccessException)
        {
            throw new TrailUnreadableException(unreadable);
        }
    }

    private PublishedCheckpoint? CheckpointFor(long sequence) =>
        signer.Witnessed() is { } witnessed && sequence < witnessed.Checkpoint.Size ? witnessed
        : signer.Published() is { } published && sequence < published.Checkpoint.Size ? published
        : null;
}

/// <summary>A leaf and the proof that it is in the trail.</summary>
internal sealed record ProvenLeaf(ReadOnlyMemory<byte> Leaf, LogProof Proof);

/// <summary>A file of the trail is not there, cannot be read, or is not what it should be.</summary>
internal sealed class TrailUnreadableException(Exception why) : IOException($"The trail cannot be read: {why.Message}", why);
