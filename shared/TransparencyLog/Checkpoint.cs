using System.Globalization;

namespace AccessGov.TransparencyLog;

/// <summary>How far a log has come and what it says then (c2sp.org/tlog-checkpoint): the text of the note that it signs.</summary>
/// <param name="Origin">The log's name: not empty, one line.</param>
/// <param name="Size">How many entries it has, 0 or more.</param>
/// <param name="Root">The root of the tree over them.</param>
public sealed record Checkpoint(string Origin, long Size, TreeHash Root)
{
    /// <summary>The text that is signed.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Origin}\n{Size}\n{Root}\n");

    /// <summary>Reads the text of a signed note as a checkpoint. Extension lines are refused: nobody could check them.</summary>
    /// <param name="text">The text; it ends with a line feed.</param>
    /// <exception cref="FormatException">It is no checkpoint.</exception>
    public static Checkpoint Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text.Split('\n') is [{ Length: > 0 } origin, { } size, { } root, ""]
            ? new Checkpoint(origin, WholeNumber(size), TreeHash.FromBase64(root))
            : throw new FormatException("A checkpoint is three lines: the log's name, its size, its root in base64.");
    }

    /// <summary>Reads a number in its only spelling: digits, no leading zero.</summary>
    internal static long WholeNumber(string digits) =>
        long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out long number) && (digits.Length == 1 || digits[0] != '0')
            ? number
            : throw new FormatException("A size or an index is written in digits, without leading zeros.");
}
