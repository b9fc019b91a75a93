using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace AccessGov.TransparencyLog;

/// <summary>
/// A text that shows on its own, to whoever trusts the log's key, that an entry is in the log (c2sp.org/tlog-proof, version 1; files end in <c>.tlog-proof</c>).
/// </summary>
/// <param name="Index">The entry's index in the log, from 0.</param>
/// <param name="Hashes">From the leaf's sibling up to the root's child.</param>
/// <param name="Checkpoint">A checkpoint as the log signed it, with the signatures of witnesses where there are some.</param>
public sealed record LogProof(long Index, ImmutableArray<TreeHash> Hashes, SignedNote Checkpoint)
{
    private const string Header = "c2sp.org/tlog-proof@v1";
    private const string IndexPrefix = "index ";
    private const string ExtraPrefix = "extra ";
    private const int HashesMax = 63;

    /// <summary>The proof as text.</summary>
    public override string ToString()
    {
        var text = new StringBuilder(Header).Append('\n');
        text.Append(CultureInfo.InvariantCulture, $"{IndexPrefix}{Index}\n");
        foreach (TreeHash hash in Hashes)
        {
            text.Append(hash).Append('\n');
        }

        return text.Append('\n').Append(Checkpoint).ToString();
    }

    /// <summary>Reads a proof. Extra data, which nobody has signed, is skipped.</summary>
    /// <param name="proof">The bytes of the text.</param>
    /// <exception cref="FormatException">It is no proof.</exception>
    public static LogProof Parse(ReadOnlySpan<byte> proof)
    {
        int end = proof.IndexOf("\n\n"u8);
        string[] lines = end < 0 ? [] : Encoding.UTF8.GetString(proof[..end]).Split('\n');
        if (lines is not [Header, ..])
        {
            throw new FormatException($"A proof begins with the line {Header}, and its hashes end with an empty line.");
        }

        ReadOnlySpan<string> rest = lines.AsSpan(1);
        if (rest is [{ } extra, ..] && extra.StartsWith(ExtraPrefix, StringComparison.Ordinal))
        {
            rest = rest[1..];
        }

        if (rest is not [{ } index, ..] || !index.StartsWith(IndexPrefix, StringComparison.Ordinal) || rest.Length > 1 + HashesMax)
        {
            throw new FormatException($"A proof names the entry's index and has at most {HashesMax} hashes.");
        }

        var hashes = ImmutableArray.CreateBuilder<TreeHash>(rest.Length - 1);
        foreach (string hash in rest[1..])
        {
            hashes.Add(TreeHash.FromBase64(hash));
        }

        return new LogProof(TransparencyLog.Checkpoint.WholeNumber(index[IndexPrefix.Length..]), hashes.MoveToImmutable(), SignedNote.Parse(proof[(end + 2)..]));
    }

    /// <summary>Whether the proof shows that the log with this name and key has this entry.</summary>
    /// <param name="entry">The entry's bytes.</param>
    /// <param name="origin">The log's name.</param>
    /// <param name="key">The log's key, which is trusted.</param>
    /// <exception cref="FormatException">What the log has signed is no checkpoint.</exception>
    public bool Shows(ReadOnlySpan<byte> entry, string origin, NoteKey key)
    {
        if (!Checkpoint.IsSignedBy(key))
        {
            return false;
        }

        var signed = TransparencyLog.Checkpoint.Parse(Checkpoint.Text);
        return signed.Origin == origin && MerkleProof.ShowsInclusion(Index, signed.Size, TreeHash.OfLeaf(entry), Hashes.AsSpan(), signed.Root);
    }
}
