using System.Text;
using System.Text.Json;
using AccessGov.LeafVerification;
using AccessGov.TransparencyLog;

namespace AccessGov.Cli;

/// <summary>
/// Verifies events that were exported with their proofs, one JSON object a line: <c>leaf</c> in base64 and <c>proof</c>, a
/// c2sp.org/tlog-proof@v1.
/// </summary>
internal sealed class ExportVerification(TrustedKeys keys)
{
    // The longest leaf in base64, and a proof with the signatures of a hundred witnesses.
    private const int LineBytesMax = 256 * 1024;
    private readonly Dictionary<long, TreeHash> roots = [];
    private string? believedNote;
    private Checkpoint? believed;
    private Checkpoint? newest;
    private long events;

    public VerifyResult Run(string path, ProgressLine progress, CancellationToken cancellation)
    {
        try
        {
            using FileStream file = File.OpenRead(path);
            var lines = new BoundedLines(file, LineBytesMax);
            while (lines.MoveNext())
            {
                cancellation.ThrowIfCancellationRequested();
                if (FaultOf(lines) is { } fault)
                {
                    return new VerifyResult(newest, fault) { Events = events, Line = lines.Number };
                }

                progress.Report(++events);
            }
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw new InputException($"{path}: {refused.Message}");
        }

        return events > 0 ? new VerifyResult(newest, null) { Events = events }
            : throw new InputException($"{path}: there is no event in it.");
    }

    private LogFinding? FaultOf(BoundedLines lines)
    {
        if (lines.IsTooLong || ReadLine(lines.Current) is not (var leaf, var proofText))
        {
            return new LogFinding("line_malformed", null, lines.IsTooLong
                ? $"Line {lines.Number} has more than {LineBytesMax} bytes: this is no export of events with proofs."
                : $"Line {lines.Number} is no JSON object of leaf, in base64, and proof.");
        }

        try
        {
            var proof = LogProof.Parse(Encoding.UTF8.GetBytes(proofText));
            return FaultOfCheckpoint(proof) is { } fault ? fault with { Index = proof.Index } : FaultOfLeaf(leaf, proof);
        }
        catch (FormatException malformed)
        {
            return new LogFinding("proof_malformed", null, $"The proof in line {lines.Number} is none: {malformed.Message}");
        }
    }

    /// <summary>Consecutive lines mostly have one checkpoint, which is asked once.</summary>
    private LogFinding? FaultOfCheckpoint(LogProof proof)
    {
        string note = proof.Checkpoint.ToString();
        if (note == believedNote)
        {
            return null;
        }

        var checkpoint = Checkpoint.Parse(proof.Checkpoint.Text);
        if (keys.FaultOf(proof.Checkpoint, checkpoint) is { } fault)
        {
            return fault;
        }

        if (!roots.TryAdd(checkpoint.Size, checkpoint.Root) && roots[checkpoint.Size] != checkpoint.Root)
        {
            return new LogFinding("log_forked", null,
                $"The trail's key has signed two different trails of {checkpoint.Size} leaves: somebody was shown another history.");
        }

        (believedNote, believed) = (note, checkpoint);
        newest = newest is null || checkpoint.Size > newest.Size ? checkpoint : newest;
        return null;
    }

    private LogFinding? FaultOfLeaf(byte[] bytes, LogProof proof)
    {
        long index = proof.Index;
        return !MerkleProof.ShowsInclusion(index, believed!.Size, TreeHash.OfLeaf(bytes), proof.Hashes.AsSpan(), believed.Root)
                ? new LogFinding("proof_wrong", index,
                    $"The proof does not show that this is leaf {index} of the {believed.Size} that were signed.")
            : Leaf.Read(bytes, out Leaf leaf) is (var code, var reason) ? new LogFinding(code, index, $"Leaf {index} {reason}.")
            : leaf.Sequence != index ? new LogFinding("sequence_broken", index, $"Leaf {index} says to be number {leaf.Sequence}.")
            : null;
    }

    private static (byte[] Leaf, string Proof)? ReadLine(ReadOnlySpan<byte> line)
    {
        (byte[]? leaf, string? proof) = (null, null);
        var reader = new Utf8JsonReader(line);
        try
        {
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                return null;
            }

            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                bool isLeaf = reader.ValueTextEquals("leaf"u8), isProof = reader.ValueTextEquals("proof"u8);
                reader.Read();
                if (isLeaf && leaf is null && reader.TokenType == JsonTokenType.String && reader.TryGetBytesFromBase64(out byte[]? bytes))
                {
                    leaf = bytes;
                }
                else if (isProof && proof is null && reader.TokenType == JsonTokenType.String)
                {
                    proof = reader.GetString();
                }
                else
                {
                    return null;
                }
            }

            return !reader.Read() && leaf is not null && proof is not null ? (leaf, proof) : null;
        }
        catch (Exception malformed) when (malformed is JsonException or InvalidOperationException)
        {
            return null;
        }
    }
}
