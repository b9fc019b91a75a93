using System.Globalization;
using System.Text;
using AccessGov.EmergencyCapabilities;

namespace AccessGov.Edge.Journal;

/// <summary>Reads the lines of a journal's files, each of which follows from the one before.</summary>
internal static class JournalReading
{
    /// <summary>
    /// Reads a file that follows what was read before; answers how long the part is that was ever acknowledged, and what is wrong where
    /// the lines do not follow each other: then the state is that of the lines before.
    /// </summary>
    public static (EdgeState State, long Length, JournalDamage? Damage) File(string file, byte[] content, EdgeState? state, bool isLast)
    {
        int start = 0;
        while (start < content.Length)
        {
            int end = Array.IndexOf(content, (byte)'\n', start);
            long line = (state?.Sequence ?? FirstOf(file) - 1) + 1;
            if (end < 0 && !isLast)
            {
                return Damaged($"{file} ends in the middle of line {line}, and another file follows.");
            }

            // Without its end it was never acknowledged; unless its end alone was damaged, and the line is whole.
            ReadOnlySpan<byte> rest = content.AsSpan(start, (end < 0 ? content.Length : end) - start);
            if (Next(rest, state, file) is { } next)
            {
                state = next;
            }
            else if (end < 0 && rest.Length > 1 && Next(rest[..^1], state, file) is { } whole)
            {
                state = whole;
            }
            else if (end < 0)
            {
                return (state ?? EdgeState.Empty, start, null);
            }
            else
            {
                return Damaged($"Line {line} does not follow from the one before it, or holds nothing that could be.");
            }

            start = end < 0 ? content.Length : end + 1;

            (EdgeState, long, JournalDamage?) Damaged(string why) =>
                (state ?? EdgeState.Empty with { Sequence = line - 1 }, start, new JournalDamage(JournalDamage.Changed, line, why));
        }

        return (state ?? EdgeState.Empty, content.Length, null);
    }

    private static EdgeState? Next(ReadOnlySpan<byte> line, EdgeState? state, string file)
    {
        // The first file that is kept begins wherever it begins: what was before was merged long ago.
        EdgeState before = state ?? EdgeState.Empty with { Sequence = FirstOf(file) - 1, Hash = PreviousOf(line, FirstOf(file)) };
        try
        {
            return EdgeJournalEntry.Read(line, before.Sequence + 1, before.Hash) is { } entry
                ? before.After(entry, EdgeJournalEntry.HashOf(line)) : null;
        }
        catch (FormatException)
        {
            return null;
        }
    }

    /// <summary>What a kept journal's first line has as the hash of the line before.</summary>
    private static string PreviousOf(ReadOnlySpan<byte> line, long first)
    {
        const string Name = "\"previous\":\"";
        int at = line.IndexOf(Encoding.ASCII.GetBytes(Name));
        return first == 1 || at < 0 || line.Length < at + Name.Length + EdgeJournalEntry.Genesis.Length
            ? EdgeJournalEntry.Genesis
            : Encoding.ASCII.GetString(line.Slice(at + Name.Length, EdgeJournalEntry.Genesis.Length));
    }

    /// <summary>The number of a file's first line.</summary>
    public static long FirstOf(string file) =>
        NumberOf(file) ?? throw new ArgumentException($"{file} is no file of a journal.", nameof(file));

    /// <summary>The number in a file's name; null when the name is none that a journal gives: somebody's copy is not looked at.</summary>
    public static long? NumberOf(string file)
    {
        string name = Path.GetFileName(file);
        return name.Length > JournalFiles.Prefix.Length + JournalFiles.Suffix.Length
            && long.TryParse(
                name.AsSpan()[JournalFiles.Prefix.Length..^JournalFiles.Suffix.Length], NumberStyles.None, CultureInfo.InvariantCulture,
                out long first) && first > 0 && JournalFiles.NameOf(first) == name
            ? first : null;
    }
}
