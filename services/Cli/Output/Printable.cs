using System.Globalization;
using System.Text;

namespace AccessGov.Cli;

/// <summary>
/// Text from inputs as it may be shown: what ends or hides a line, steers a terminal or turns the direction of writing is spelled out,
/// so that no id and no file name can pretend to be another line.
/// </summary>
internal static class Printable
{
    /// <summary>The text with <c>\u{202e}</c> for each such character. Printing what is printable changes nothing.</summary>
    public static string Text(string text) => Escape(text, rune => $"\\u{{{rune.Value:x}}}");

    /// <summary>The same of a text whose line ends may stay.</summary>
    public static string Lines(string text) => Escape(text, rune => rune.Value == '\n' ? "\n" : $"\\u{{{rune.Value:x}}}");

    /// <summary>JSON that means the same with <c>\u202e</c> for each such character but its line ends; outside strings JSON has none.</summary>
    public static string Json(string json) => Escape(json, rune => rune.Value == '\n'
        ? "\n"
        : string.Concat(rune.ToString().Select(unit => $"\\u{(int)unit:x4}")));

    private static string Escape(string text, Func<Rune, string> spell)
    {
        if (!text.EnumerateRunes().Any(IsHidden))
        {
            return text;
        }

        var escaped = new StringBuilder(text.Length + 16);
        foreach (Rune rune in text.EnumerateRunes())
        {
            escaped.Append(IsHidden(rune) ? spell(rune) : rune.ToString());
        }

        return escaped.ToString();
    }

    /// <summary>Whether a reader sees nothing of it, or something else than is there.</summary>
    public static bool IsHidden(Rune rune) => Rune.GetUnicodeCategory(rune)
        is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;
}
