using System.Text;

namespace AccessGov.Cedar.Tests.Differential;

/// <summary>Patterns that nearly fit a text: its characters in each way of writing them, and here and there a wildcard or a stranger.</summary>
internal static class HospitalPatterns
{
    // An asterisk by its number is a wildcard; only behind a backslash it is the character.
    private static readonly string[] Asterisks = ["\\*", "\\*", "*", "\\u{2a}", "\\x2A"];
    private static readonly string[] Strangers = ["**", "\\*", "\\\\", "\\\"", "\\'", "\\0", "\\t", "é", "\\u{1F600}", "\\u{2a}", "?", "%", "_", "[a]"];

    /// <summary>A literal, in its quotation marks.</summary>
    public static string Of(string text, Random random)
    {
        var pattern = new StringBuilder("\"");
        foreach (Rune rune in text.EnumerateRunes())
        {
            pattern.Append(random.Next(10) switch
            {
                0 or 1 => "*",
                2 when random.Next(3) == 0 => Strangers[random.Next(Strangers.Length)],
                3 when random.Next(3) == 0 => "",
                _ => Written(rune, random),
            });
        }

        return pattern.Append(random.Next(3) == 0 ? "*\"" : "\"").ToString();
    }

    private static string Written(Rune rune, Random random) => (rune.Value, random.Next(4)) switch
    {
        ('*', _) => Asterisks[random.Next(Asterisks.Length)],
        ('\\', 0) => "\\x5c",
        ('\\', _) => "\\\\",
        ('"', 0) => "\\x22",
        ('"', _) => "\\\"",
        ('\n', 0) => "\\n",
        (_, 1) => $"\\u{{{rune.Value:x}}}",
        _ => rune.ToString(),
    };
}
