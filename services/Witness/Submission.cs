using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using AccessGov.TransparencyLog;

namespace AccessGov.Witness;

/// <summary>What a log sends (c2sp.org/tlog-witness, add-checkpoint).</summary>
/// <param name="OldSize">How far the log believes this witness to be.</param>
/// <param name="Proof">That the log began with the tree of that size.</param>
/// <param name="Note">The checkpoint as it is signed.</param>
/// <param name="Checkpoint">What it says. Nothing of it counts before the signature is checked.</param>
internal sealed record Submission(long OldSize, ImmutableArray<TreeHash> Proof, SignedNote Note, Checkpoint Checkpoint)
{
    private const string OldPrefix = "old ";
    private const int ProofMax = 63;

    /// <exception cref="FormatException">It is none.</exception>
    public static Submission Parse(ReadOnlySpan<byte> body)
    {
        int end = body.IndexOf("\n\n"u8);
        string[] lines = end < 0 ? [] : Encoding.UTF8.GetString(body[..end]).Split('\n');
        if (lines is not [{ } first, .. { Length: <= ProofMax } proof] || !first.StartsWith(OldPrefix, StringComparison.Ordinal))
        {
            throw new FormatException(
                $"A request is a line with the old size, at most {ProofMax} lines of a consistency proof, an empty line and a checkpoint.");
        }

        long oldSize = WholeNumber(first[OldPrefix.Length..]);
        ImmutableArray<TreeHash> hashes = [.. proof.Select(line => TreeHash.FromBase64(line))];
        SignedNote note = SignedNote.Parse(body[(end + 2)..]);
        return new Submission(oldSize, hashes, note, CheckpointOf(note.Text));
    }

    /// <summary>Reads a checkpoint that may have extension lines: they are cosigned, and say nothing to a witness.</summary>
    /// <exception cref="FormatException">It is no checkpoint.</exception>
    public static Checkpoint CheckpointOf(string text)
    {
        string[] lines = text.Split('\n');
        return lines.Length > 3 && !lines.SkipLast(1).Contains("", StringComparer.Ordinal)
            ? Checkpoint.Parse(string.Concat(lines.Take(3).Select(line => line + "\n")))
            : throw new FormatException("A checkpoint is three lines, and lines of extensions: none of them is empty.");
    }

    private static long WholeNumber(string digits) =>
        long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out long number) && (digits.Length == 1 || digits[0] != '0')
            ? number
            : throw new FormatException("A size is written in digits, without leading zeros.");
}
