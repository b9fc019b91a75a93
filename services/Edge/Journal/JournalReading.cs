using System.Text;
using AccessGov.EmergencyCapabilities;

namespace AccessGov.Edge.Journal;

/// <summary>Reads the lines of a journal's files, each of which follows from the one before.</summary>
internal static class JournalReading
{
    /// <summary>Reads a file that follows what was read before; answers how long the part is that was ever acknowledged.</summary>
    /// <exception cref="InvalidDataException">The lines do not follow each other.</exception>
    public static (EdgeState State, long Length) File(string file, byte[] content, EdgeState? state, bool isLast)
    {
        int start = 0;
        while (start < content.Length)
        {
            int end = Array.IndexOf(content, (byte)'\n', start);
            if (end < 0 && !isLast)
            {
                throw new InvalidDataException($"{file} ends in the middle of a line, and another file follows.");
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
                return (state ?? EdgeState.Empty, start);
            }
            else
            {
                long line = (state?.Sequence ?? FirstOf(file) - 1) + 1;
                throw new InvalidDataException($"Line {line} does not follow from the one before it.");
            }

            start = end < 0 ? content.Length : end + 1;
        }

        return (state ?? EdgeState.Empty, content.Length);
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
        catch (FormatException malformed)
        {
            throw new InvalidDataException(malformed.Message, malformed);
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
        long.TryParse(Path.GetFileName(file)[JournalFiles.Prefix.Length..^JournalFiles.Suffix.Length], out long first)
        ? first : throw new InvalidDataException($"{file} is no file of a journal.");
}
