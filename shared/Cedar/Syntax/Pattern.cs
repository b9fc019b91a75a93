namespace AccessGov.Cedar;

/// <summary>
/// A <c>like</c> pattern: literal segments with a wildcard between each two. Comparing UTF-16 units equals comparing Unicode scalars
/// since both sides are well-formed.
/// </summary>
internal sealed class Pattern(string[] segments)
{
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
            int found = rest.IndexOf(segments[i], StringComparison.Ordinal);
            if (found < 0)
            {
                return false;
            }

            rest = rest[(found + segments[i].Length)..];
        }

        return true;
    }
}
