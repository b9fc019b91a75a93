namespace AccessGov.Cli;

/// <summary>Messages quote what they complain of, which may be an id of a megabyte: nobody finds what is wrong in a screen full of it.</summary>
internal static class Quoted
{
    private const int LengthMax = 1_000;
    private const int EndLength = 500;

    /// <summary>The text; of one longer than <paramref name="lengthMax"/> the beginning.</summary>
    public static string Beginning(string text, int lengthMax) => text.Length <= lengthMax
        ? text
        : string.Concat(text.AsSpan(0, lengthMax - (char.IsHighSurrogate(text[lengthMax - 2]) ? 2 : 1)), "…");

    /// <summary>The text; of a long one the beginning and the end, which say what is wrong and what would be right.</summary>
    public static string Shortened(string text)
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
