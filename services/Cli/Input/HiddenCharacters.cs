using System.Text;

namespace AccessGov.Cli;

/// <summary>
/// Characters in a policy or a schema as it stands in its file that a reader does not see, or that turn the direction of what is seen: a
/// comment or an id that holds one may read as something that the engine does not do.
/// </summary>
internal static class HiddenCharacters
{
    private const int FindingsMax = 100;

    /// <summary>A warning for each line with such characters, the first hundred of them.</summary>
    public static IEnumerable<Finding> In(InputFile file) => Places(file.Text()).Take(FindingsMax).Select(found => new Finding(
        Severity.Warning, "HiddenCharacter", file.Name, $"The character U+{found.Rune.Value:X4} stands here, which is not seen or changes how the line looks.")
    {
        Line = found.Line, Column = found.Column, Suggestion = $"Remove it from a comment; in a string write {Escape(found.Rune, file.IsJson)} so that everybody sees it.",
    });

    private static IEnumerable<(int Line, int Column, Rune Rune)> Places(string text)
    {
        (int offset, int line, int start, int reported) = (0, 1, 0, 0);
        foreach (Rune rune in text.EnumerateRunes())
        {
            if (line > reported && IsHidden(rune, text.AsSpan(offset + rune.Utf16SequenceLength)))
            {
                reported = line;
                yield return (line, offset - start + 1, rune);
            }

            offset += rune.Utf16SequenceLength;
            (line, start) = rune.Value == '\n' ? (line + 1, offset) : (line, start);
        }
    }

    // A carriage return alone ends a comment, but no line that an editor or a review shows.
    private static bool IsHidden(Rune rune, ReadOnlySpan<char> rest) => rune.Value switch
    {
        '\t' or '\n' => false,
        '\r' => rest is not ['\n', ..],
        _ => Printable.IsHidden(rune),
    };

    private static string Escape(Rune rune, bool isJson) => isJson
        ? string.Concat(rune.ToString().Select(unit => $"\\u{(int)unit:x4}"))
        : $"\\u{{{rune.Value:x}}}";
}
