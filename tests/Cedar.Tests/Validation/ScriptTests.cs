using static AccessGov.Cedar.ValidationWarningKind;

namespace AccessGov.Cedar.Tests.Validation;

/// <summary>Which letters go together in one text, and which letters an identifier may have: script by script, and at the ends of their ranges.</summary>
public sealed class ScriptTests
{
    // A letter or two of scripts in everyday use.
    private static readonly Dictionary<string, string> Letters = new(StringComparer.Ordinal)
    {
        ["Latin"] = "zé",
        ["Greek"] = "\u03BB\u03AC",
        ["Cyrillic"] = "\u0436\u0451",
        ["Armenian"] = "\u0531\u0561",
        ["Hebrew"] = "\u05D0\u05EA",
        ["Arabic"] = "\u0627\u064A",
        ["Devanagari"] = "\u0905\u0939",
        ["Thai"] = "\u0E01\u0E2E",
        ["Georgian"] = "\u10D0\u10F0",
        ["Ethiopic"] = "\u1200\u1208",
        ["Khmer"] = "\u1780\u17A2",
        ["Hangul"] = "\uAC00\uD7A3",
        ["Hiragana"] = "\u3042\u3093",
        ["Katakana"] = "\u30A2\u30F3",
        ["Bopomofo"] = "\u3105\u3129",
        ["Han"] = "\u4E2D\u6587",
    };

    private static readonly HashSet<(string, string)> GoTogether =
    [
        ("Hiragana", "Katakana"), ("Han", "Hiragana"), ("Han", "Katakana"), ("Bopomofo", "Han"), ("Han", "Hangul"),
    ];

    [Fact]
    public void Two_scripts_in_one_text_are_warned_of_but_for_those_that_are_written_together()
    {
        foreach ((string one, string letters) in Letters)
        {
            foreach ((string other, string others) in Letters)
            {
                bool together = one == other || GoTogether.Contains((one, other)) || GoTogether.Contains((other, one));

                Warnings($"principal.name == \"{letters} 1-2 {others}\"").ShouldBe(together ? "" : "MixedScriptString", $"{one} and {other}");
                Warnings($"principal == Staff::\"{letters} 1-2 {others}\"").ShouldBe(together ? "" : "MixedScriptIdentifier", $"{one} and {other}");
            }
        }
    }

    [Theory]
    [InlineData("\u4E2D\u3042\u30A2", "")]
    [InlineData("\u4E2D\u3105", "")]
    [InlineData("\u4E2D\uAC00", "")]
    [InlineData("\u4E2D\u3042\uAC00", "MixedScriptString")]
    [InlineData("\u4E2D\u3105\u3042", "MixedScriptString")]
    [InlineData("\u4E2D\u3042z", "MixedScriptString")]
    [InlineData("\u30FC\u3042", "")]
    [InlineData("\u30FC\u30A2", "")]
    [InlineData("\u30FCz", "MixedScriptString")]
    [InlineData("z\u0301\u0308", "")]
    [InlineData("\u0436\u0301", "")]
    [InlineData("\uD83D\uDE00z \uD83D\uDE00", "")]
    [InlineData("1 + 2 = 3 \u2260 4", "")]
    [InlineData("\uD800\uDF30", "")]
    [InlineData("z\uD800\uDF30", "MixedScriptString")]
    [InlineData("\uD840\uDC00\u3042", "")]
    [InlineData("p\u0430ypal", "MixedScriptString")]
    [InlineData("\u03BFk", "MixedScriptString")]
    [InlineData("\u13AAB", "MixedScriptString")]
    public void Signs_belong_to_all_scripts_and_letters_to_their_own(string text, string warning) => Warnings($"principal.name == \"{text}\"").ShouldBe(warning);

    // An id may hold plain letters of one script in everyday use; styled, joined, invisible and dead letters are odd.
    [Theory]
    [InlineData("\u00E9", "")]
    [InlineData("\u0301", "")]
    [InlineData("\u00B7", "")]
    [InlineData("\u2019", "")]
    [InlineData("\u30FB", "")]
    [InlineData("\u30FC", "")]
    [InlineData("\u4E2D", "")]
    [InlineData("\uAC00", "")]
    [InlineData("\u0660", "")]
    [InlineData("\u0967", "")]
    [InlineData("\u00AA", "ConfusableIdentifier")]
    [InlineData("\u00BA", "ConfusableIdentifier")]
    [InlineData("\u00A0", "ConfusableIdentifier")]
    [InlineData("\u00AD", "ConfusableIdentifier")]
    [InlineData("\u200D", "ConfusableIdentifier")]
    [InlineData("\u2028", "ConfusableIdentifier")]
    [InlineData("\uFEFF", "ConfusableIdentifier")]
    [InlineData("\u02B0", "ConfusableIdentifier")]
    [InlineData("\u1D2C", "ConfusableIdentifier")]
    [InlineData("\u2126", "ConfusableIdentifier")]
    [InlineData("\u2160", "ConfusableIdentifier")]
    [InlineData("\uFB01", "ConfusableIdentifier")]
    [InlineData("\uFF21", "ConfusableIdentifier")]
    [InlineData("\uFE8D", "ConfusableIdentifier")]
    [InlineData("\u3131", "ConfusableIdentifier")]
    [InlineData("\uF900", "ConfusableIdentifier")]
    [InlineData("\u16A0", "ConfusableIdentifier")]
    [InlineData("\u13A0", "ConfusableIdentifier")]
    [InlineData("\uD800\uDF30", "ConfusableIdentifier")]
    [InlineData("\uD83D\uDE00", "ConfusableIdentifier")]
    [InlineData("\u20AC", "ConfusableIdentifier")]
    [InlineData("\u0001", "ConfusableIdentifier")]
    [InlineData("\u007F", "ConfusableIdentifier")]
    [InlineData("\u202A", "BidiCharsInIdentifier")]
    [InlineData("\u202E", "BidiCharsInIdentifier")]
    [InlineData("\u2066", "BidiCharsInIdentifier")]
    [InlineData("\u2069", "BidiCharsInIdentifier")]
    [InlineData("\u2029", "ConfusableIdentifier")]
    [InlineData("\u206A", "ConfusableIdentifier")]
    public void A_letter_of_an_id_is_plain_or_warned_of(string letter, string warning) => Warnings($"principal == Staff::\"{letter}\"").ShouldBe(warning);

    [Theory]
    [InlineData("principal.name == \"\u202E\u0430z\"", "BidiCharsInString")]
    [InlineData("principal == Staff::\"\u202E\u200B\u0430z\"", "BidiCharsInIdentifier")]
    [InlineData("principal == Staff::\"\u200B\u0430z\"", "ConfusableIdentifier")]
    [InlineData("principal == Staff::\"\u0430z\"", "MixedScriptIdentifier")]
    [InlineData("principal.name == \"\u0430z\" && principal.name == \"\u0430z\"", "MixedScriptString MixedScriptString")]
    [InlineData("principal.name like \"\u0430*z\"", "MixedScriptString")]
    [InlineData("context has \"\u0430z\"", "MixedScriptIdentifier ImpossiblePolicy")]
    [InlineData("{\"\u0430z\": 1, \"\u0436\": 2} == {\"\u0430z\": 1, \"\u0436\": 2}", "MixedScriptIdentifier MixedScriptIdentifier")]
    [InlineData("ip(\"::1\").isIpv4() || [\"\u0430z\"].contains(if !(context.urgent) then \"a\" else \"b\")", "MixedScriptString")]
    [InlineData("false && principal.name == \"\u0430z\"", "MixedScriptString ImpossiblePolicy")]
    public void Each_text_gets_one_warning_the_gravest_wherever_it_stands(string condition, string warnings) => Warnings(condition).Split(' ').ShouldBe(warnings.Split(' '), ignoreOrder: true);

    [Fact]
    public void A_long_odd_text_is_cut_in_its_warning()
    {
        ValidationWarning warning = Clinic.WhenViewing($"principal.name == \"{new string('\u0430', 200)}z\"").Warnings.ShouldHaveSingleItem();

        warning.Kind.ShouldBe(MixedScriptString);
        warning.Problem.ShouldBe($"The string \"{string.Concat(Enumerable.Repeat("\\u{430}", 40))}...\" holds letters of several scripts.");
    }

    private static string Warnings(string condition) => string.Join(' ', Clinic.WhenViewing(condition).Warnings.Select(warning => warning.Kind));
}
