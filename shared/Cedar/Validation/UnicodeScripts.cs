using System.Globalization;
using System.Text;

namespace AccessGov.Cedar;

/// <summary>
/// The script of a character, from a table of ranges of our own: .NET does not carry Unicode's script property. The table holds the scripts
/// in everyday use and those whose letters look like Latin ones. A character outside it counts as common to all scripts, so mixtures with
/// rarer scripts go unnoticed; extensions (one character for several scripts) are known for Japanese, Chinese and Korean only.
/// </summary>
internal static class UnicodeScripts
{
    /// <summary>Belongs to every script: digits, punctuation, accents, symbols.</summary>
    public const ulong Common = ulong.MaxValue;

    // Writing systems that mix scripts: a letter of Han goes with each of the three.
    private const ulong Japanese = 1UL << 61;
    private const ulong Chinese = 1UL << 62;
    private const ulong Korean = 1UL << 63;

    private static readonly (int First, int Last, ulong Scripts, bool IsRecommended)[] Ranges = Build();

    /// <summary>One bit for each script and writing system the character belongs to; <see cref="Common"/> for most signs.</summary>
    public static ulong Of(Rune character) => IsLetterLike(character) && Find(character) is { } range ? range.Scripts : Common;

    /// <summary>Whether the characters of a text have a script or writing system in common.</summary>
    public static bool AreOne(string text)
    {
        ulong scripts = Common;
        foreach (Rune character in text.EnumerateRunes())
        {
            scripts &= Of(character);
        }

        return scripts != 0;
    }

    /// <summary>
    /// Whether the character is a letter, mark or digit of a script in everyday use, in its plain form: about what Unicode's General
    /// Security Profile allows in an identifier. A few hundred rare signs are decided otherwise there.
    /// </summary>
    public static bool IsPlain(Rune character)
    {
        int code = character.Value;
        return IsAccent(code)
            || (IsLetterLike(character) && !IsVariant(code) && Find(character) is { IsRecommended: true })
            || code is 0xB7 or 0x2019 or 0x30FB or 0x30FC;
    }

    private static bool IsAccent(int code) => code is >= 0x300 and <= 0x36F;

    private static bool IsLetterLike(Rune character) => Rune.GetUnicodeCategory(character) is
        UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter or UnicodeCategory.TitlecaseLetter
        or UnicodeCategory.ModifierLetter or UnicodeCategory.OtherLetter or UnicodeCategory.LetterNumber
        or UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.DecimalDigitNumber;

    // Letters that are a styled or joined form of others: superscripts, ligatures, full and half width, presentation forms.
    private static bool IsVariant(int code) => code is 0xAA or 0xBA
        or (>= 0x2B0 and <= 0x2E4) or (>= 0x1D2C and <= 0x1D6A) or (>= 0x1D9B and <= 0x1DBF)
        or (>= 0x2071 and <= 0x2188) or (>= 0x2E80 and <= 0x2FD5) or (>= 0x3131 and <= 0x318E)
        or (>= 0xF900 and <= 0xFAFF) or (>= 0xFB00 and <= 0xFDFF) or (>= 0xFE70 and <= 0xFFDC);

    private static (int First, int Last, ulong Scripts, bool IsRecommended)? Find(Rune character)
    {
        int low = 0;
        int high = Ranges.Length - 1;
        while (low <= high)
        {
            int middle = (low + high) / 2;
            if (character.Value < Ranges[middle].First)
            {
                high = middle - 1;
            }
            else if (character.Value > Ranges[middle].Last)
            {
                low = middle + 1;
            }
            else
            {
                return Ranges[middle];
            }
        }

        return null;
    }

    private static (int First, int Last, ulong Scripts, bool IsRecommended)[] Build()
    {
        var ranges = new List<(int First, int Last, ulong Scripts, bool IsRecommended)>();
        int bit = 0;
        foreach ((string ranged, bool recommended, ulong systems) in Table())
        {
            ulong scripts = (1UL << bit++) | systems;
            foreach (string range in ranged.Split(' '))
            {
                string[] ends = range.Split('-');
                int first = int.Parse(ends[0], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
                int last = int.Parse(ends[^1], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
                ranges.Add((first, last, scripts, recommended));
            }
        }

        // The long vowel mark belongs to both Japanese syllabaries.
        ranges.Add((0x30FC, 0x30FC, ranges.First(r => r.First == 0x3041).Scripts | ranges.First(r => r.First == 0x30A1).Scripts, true));
        return [.. ranges.OrderBy(range => range.First)];
    }

    private static (string Ranges, bool IsRecommended, ulong WritingSystems)[] Table() =>
    [
        /* Latin */ ("41-5A 61-7A AA BA C0-D6 D8-F6 F8-2B8 2E0-2E4 1D00-1D25 1D2C-1D5C 1D62-1D65 1D6B-1D77 1D79-1DBE 1E00-1EFF 2071 207F "
            + "2090-209C 212A-212B 2132 214E 2160-2188 2C60-2C7F A722-A787 A78B-A7FF AB30-AB5A AB5C-AB64 FB00-FB06 FF21-FF3A FF41-FF5A", true, 0),
        /* Greek */ ("370-373 375-377 37A-37D 37F 384 386 388-3E1 3F0-3FF 1D26-1D2A 1F00-1FFE 2126", true, 0),
        /* Cyrillic */ ("400-52F 1C80-1C88 1D2B 1D78 2DE0-2DFF A640-A69F", true, 0),
        /* Armenian */ ("531-58F FB13-FB17", true, 0),
        /* Hebrew */ ("591-5F4 FB1D-FB4F", true, 0),
        /* Arabic */ ("610-6FF 750-77F 870-8FF FB50-FDFF FE70-FEFC", true, 0),
        /* Syriac */ ("700-74F", false, 0),
        /* Thaana */ ("780-7B1", true, 0),
        /* N'Ko */ ("7C0-7FA", false, 0),
        /* Devanagari */ ("900-97F A8E0-A8FF", true, 0),
        /* Bengali */ ("980-9FE", true, 0),
        /* Gurmukhi */ ("A01-A76", true, 0),
        /* Gujarati */ ("A81-AFF", true, 0),
        /* Oriya */ ("B01-B77", true, 0),
        /* Tamil */ ("B82-BFA", true, 0),
        /* Telugu */ ("C00-C7F", true, 0),
        /* Kannada */ ("C80-CF3", true, 0),
        /* Malayalam */ ("D00-D7F", true, 0),
        /* Sinhala */ ("D81-DF4", true, 0),
        /* Thai */ ("E01-E3A E40-E5B", true, 0),
        /* Lao */ ("E81-EDF", true, 0),
        /* Tibetan */ ("F00-FD4", true, 0),
        /* Myanmar */ ("1000-109F A9E0-A9FE AA60-AA7F", true, 0),
        /* Georgian */ ("10A0-10FA 10FC-10FF 1C90-1CBF 2D00-2D2D", true, 0),
        /* Hangul */ ("1100-11FF 3131-318E A960-A97C AC00-D7A3 D7B0-D7FB FFA0-FFDC", true, Korean),
        /* Ethiopic */ ("1200-1399 2D80-2DDE AB01-AB2E", true, 0),
        /* Cherokee */ ("13A0-13FD AB70-ABBF", false, 0),
        /* Canadian */ ("1400-167F 18B0-18F5", false, 0),
        /* Ogham */ ("1680-169C", false, 0),
        /* Runic */ ("16A0-16F8", false, 0),
        /* Khmer */ ("1780-17F9 19E0-19FF", true, 0),
        /* Mongolian */ ("1807 180B-18AA", false, 0),
        /* Glagolitic */ ("2C00-2C5F", false, 0),
        /* Coptic */ ("3E2-3EF 2C80-2CFF", false, 0),
        /* Tifinagh */ ("2D30-2D7F", false, 0),
        /* Hiragana */ ("3041-3096 309D-309F", true, Japanese),
        /* Katakana */ ("30A1-30FA 30FD-30FF 31F0-31FF FF66-FF6F FF71-FF9D", true, Japanese),
        /* Bopomofo */ ("3105-312F 31A0-31BF", true, Chinese),
        /* Han */ ("2E80-2FD5 3005 3007 3021-3029 3038-303B 3400-4DBF 4E00-9FFF F900-FAD9 20000-3FFFD", true, Japanese | Chinese | Korean),
        /* Yi */ ("A000-A4C6", false, 0),
        /* Lisu */ ("A4D0-A4FF", false, 0),
        /* Vai */ ("A500-A62B", false, 0),
        /* Old Italic */ ("10300-1032F", false, 0),
        /* Gothic */ ("10330-1034A", false, 0),
        /* Deseret */ ("10400-1044F", false, 0),
        /* Osage */ ("104B0-104FB", false, 0),
    ];
}
