namespace AccessGov.Cedar;

/// <summary>
/// Messages quote what they complain of, and that may be a name of a megabyte: a long message keeps its beginning and its end, which
/// say what is wrong and what would be right. No cut goes between the halves of a surrogate pair: half a character is no text.
/// </summary>
internal static class Excerpt
{
    /// <summary>The longest message; of a longer one the middle becomes an ellipsis.</summary>
    public const int LengthMax = 400;

    private const int EndLength = 150;

    /// <summary>The text; of one longer than <paramref name="lengthMax"/> the beginning, and a mark that more was there.</summary>
    public static string Beginning(ReadOnlySpan<char> text, int lengthMax, string mark = "...") => text.Length <= lengthMax
        ? text.ToString()
        : string.Concat(text[..(char.IsHighSurrogate(text[lengthMax - 1]) ? lengthMax - 1 : lengthMax)], mark);

    public static string Of(string text)
    {
        if (text.Length <= LengthMax)
        {
            return text;
        }

        int start = LengthMax - EndLength - 1;
        start -= char.IsHighSurrogate(text[start - 1]) ? 1 : 0;
        int end = text.Length - EndLength;
        end += char.IsLowSurrogate(text[end]) ? 1 : 0;
        return string.Concat(text.AsSpan(0, start), "…", text.AsSpan(end));
    }
}
