namespace AccessGov.Cedar;

/// <summary>
/// Messages quote what they complain of, and that may be a name of a megabyte: a long message keeps its beginning and its end, which
/// say what is wrong and what would be right.
/// </summary>
internal static class Excerpt
{
    /// <summary>The longest message; of a longer one the middle becomes an ellipsis.</summary>
    public const int LengthMax = 400;

    private const int EndLength = 150;

    public static string Of(string text)
    {
        if (text.Length <= LengthMax)
        {
            return text;
        }

        // Never between the halves of a surrogate pair: half a character is no text.
        int start = LengthMax - EndLength - 1;
        start -= char.IsHighSurrogate(text[start - 1]) ? 1 : 0;
        int end = text.Length - EndLength;
        end += char.IsLowSurrogate(text[end]) ? 1 : 0;
        return string.Concat(text.AsSpan(0, start), "…", text.AsSpan(end));
    }
}
