using System.Globalization;
using System.Text;

namespace AccessGov.Cedar;

/// <summary>The escapes of string and pattern literals.</summary>
internal static class Unescape
{
    private const string Escapes = """there are \\ \" \' \n \r \t \0, \x00 to \x7f, and \u{0} to \u{10ffff}""";
    private const string PatternEscapes = $"{Escapes}, and \\* for an asterisk";

    /// <summary>The text of a string literal's inside; on failure the offset of the bad escape and a sentence.</summary>
    public static string? Text(ReadOnlySpan<char> literal, out int errorOffset, out string? error)
    {
        if (literal.IndexOfAny('\\', '\r') < 0)
        {
            errorOffset = 0;
            error = null;
            return literal.ToString();
        }

        var text = new StringBuilder(literal.Length);
        return Walk(literal, isPattern: false, (rune, _) => text.Append(rune.ToString()), out errorOffset, out error)
            ? text.ToString()
            : null;
    }

    /// <summary>The pattern of a <c>like</c> literal's inside, where <c>*</c>, also by its number, is the wildcard and <c>\*</c> the character.</summary>
    public static Pattern? Pattern(ReadOnlySpan<char> literal, out int errorOffset, out string? error)
    {
        var segments = new List<string>();
        var text = new StringBuilder(literal.Length);
        bool fine = Walk(
            literal,
            isPattern: true,
            (rune, isWildcard) =>
            {
                if (isWildcard)
                {
                    segments.Add(text.ToString());
                    text.Clear();
                }
                else
                {
                    text.Append(rune.ToString());
                }
            },
            out errorOffset,
            out error);
        segments.Add(text.ToString());
        return fine ? new Pattern([.. segments]) : null;
    }

    private static bool Walk(ReadOnlySpan<char> literal, bool isPattern, Action<Rune, bool> emit, out int errorOffset, out string? error)
    {
        error = null;
        for (errorOffset = 0; errorOffset < literal.Length;)
        {
            char c = literal[errorOffset];
            if (c == '\r')
            {
                error = "A string literal may not hold a bare carriage return; write \\r.";
                return false;
            }

            if (c != '\\')
            {
                Rune.DecodeFromUtf16(literal[errorOffset..], out Rune plain, out int length);
                emit(plain, isPattern && c == '*');
                errorOffset += length;
                continue;
            }

            int consumed = Escape(literal[errorOffset..], isPattern, out Rune rune);
            if (consumed == 0)
            {
                Rune.DecodeFromUtf16(literal[(errorOffset + 1)..], out _, out int behind);
                error = $"`{literal.Slice(errorOffset, 1 + behind)}` does not start a valid escape here; {(isPattern ? PatternEscapes : Escapes)}.";
                return false;
            }

            // As in the official engine: an asterisk by its number is a wildcard too, only \* is the character.
            emit(rune, isPattern && rune.Value == '*' && literal[errorOffset + 1] != '*');
            errorOffset += consumed;
        }

        return true;
    }

    /// <summary>Reads one escape; gives its length, or 0 when it is none.</summary>
    private static int Escape(ReadOnlySpan<char> text, bool isPattern, out Rune rune)
    {
        rune = default;
        if (text.Length < 2)
        {
            return 0;
        }

        switch (text[1])
        {
            case '"' or '\'' or '\\': rune = new Rune(text[1]); return 2;
            case 'n': rune = new Rune('\n'); return 2;
            case 'r': rune = new Rune('\r'); return 2;
            case 't': rune = new Rune('\t'); return 2;
            case '0': rune = new Rune('\0'); return 2;
            case '*' when isPattern: rune = new Rune('*'); return 2;
            case 'x' when text.Length >= 4 && TryHex(text.Slice(2, 2), out int ascii) && ascii <= 0x7f:
                rune = new Rune(ascii);
                return 4;
            case 'u' when text.Length >= 4 && text[2] == '{':
                int close = text.IndexOf('}');
                return close > 3 && text[3] != '_' && TryHex(text[3..close].ToString().Replace("_", "", StringComparison.Ordinal), out int scalar)
                    && Rune.TryCreate(scalar, out rune)
                    ? close + 1
                    : 0;
            default: return 0;
        }
    }

    private static bool TryHex(ReadOnlySpan<char> digits, out int number)
    {
        number = 0;
        return digits.Length is >= 1 and <= 6
            && digits.IndexOfAnyExcept(Names.HexDigits) < 0
            && int.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out number);
    }
}
