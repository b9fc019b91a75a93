namespace AccessGov.Cedar;

/// <summary>
/// A <c>like</c> pattern: literal segments with a wildcard between each two. Comparing UTF-16 units equals comparing Unicode scalars
/// since both sides are well-formed.
/// </summary>
internal sealed class Pattern(string[] segments)
{
    // A plain search takes time in proportion to text and segment; beyond this length a segment is searched in time linear in both.
    private const int PlainMax = 64;

    private readonly int[]?[] borders = Array.ConvertAll(segments, segment => segment.Length <= PlainMax ? null : Borders(segment));

    public IReadOnlyList<string> Segments => segments;

    /// <summary>Whether the whole of <paramref name="text"/> matches. Each segment is taken at its leftmost place, so there is no backtracking.</summary>
    public bool Matches(string text)
    {
        string first = segments[0];
        if (segments.Length == 1)
        {
            return string.Equals(text, first, StringComparison.Ordinal);
        }

        string last = segments[^1];
        if (text.Length < first.Length + last.Length
            || !text.StartsWith(first, StringComparison.Ordinal) || !text.EndsWith(last, StringComparison.Ordinal))
        {
            return false;
        }

        ReadOnlySpan<char> rest = text.AsSpan(first.Length, text.Length - first.Length - last.Length);
        for (int i = 1; i < segments.Length - 1; i++)
        {
            int found = borders[i] is { } linear ? Find(segments[i], linear, rest) : rest.IndexOf(segments[i], StringComparison.Ordinal);
            if (found < 0)
            {
                return false;
            }

            rest = rest[(found + segments[i].Length)..];
        }

        return true;
    }

    // Knuth, Morris and Pratt: for each place of the segment, how long a beginning of it ends there.
    private static int[] Borders(string segment)
    {
        int[] lengths = new int[segment.Length];
        int length = 0;
        for (int i = 1; i < segment.Length; i++)
        {
            length = Longer(segment, lengths, length, segment[i]);
            lengths[i] = length;
        }

        return lengths;
    }

    private static int Find(string segment, int[] lengths, ReadOnlySpan<char> text)
    {
        int length = 0;
        for (int i = 0; i < text.Length; i++)
        {
            length = Longer(segment, lengths, length, text[i]);
            if (length == segment.Length)
            {
                return i + 1 - length;
            }
        }

        return -1;
    }

    private static int Longer(string segment, int[] lengths, int length, char next)
    {
        while (length > 0 && segment[length] != next)
        {
            length = lengths[length - 1];
        }

        return segment[length] == next ? length + 1 : 0;
    }
}
