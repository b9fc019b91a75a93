using System.Globalization;
using System.Text;

namespace AccessGov.Cedar.Tests.Language;

public sealed class EscapeTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("plain é 😀", "plain é 😀")]
    [InlineData("\\n\\r\\t\\0\\\\\\\"\\'", "\n\r\t\0\\\"'")]
    [InlineData("\\x00\\x41\\x7f\\x7F", "\0A\u007f\u007f")]
    [InlineData("\\u{41}\\u{0041}\\u{000041}", "AAA")]
    [InlineData("\\u{1F600}\\u{1f600}\\u{1_F6_00}", "😀😀😀")]
    [InlineData("\\u{d7ff}\\u{e000}\\u{10ffff}", "\ud7ff\ue000\U0010ffff")]
    [InlineData("line\nbreak\tand tab", "line\nbreak\tand tab")]
    [InlineData("*", "*")]
    public void An_escape_stands_for_its_character(string literal, string text) =>
        ((StringValue)((LiteralExpression)((BinaryExpression)Condition($"\"{literal}\" == 1")).Left).Value).Text.ShouldBe(text);

    [Theory]
    [InlineData("", "")]
    [InlineData("*", "|")]
    [InlineData("**", "||")]
    [InlineData("a*b", "a|b")]
    [InlineData("\\*", "*")]
    [InlineData("a\\**", "a*|")]
    [InlineData("\\\\*", "\\|")]
    [InlineData("\\x2a\\u{2a}", "||")]
    [InlineData("\\n*\\u{1f600}*\\\"", "\n|😀|\"")]
    public void In_a_pattern_a_star_is_the_wildcard_unless_a_backslash_stands_before_it(string literal, string segments) =>
        string.Join('|', ((LikeExpression)Condition($"\"\" like \"{literal}\"")).Pattern.Segments).ShouldBe(segments);

    [Theory]
    [InlineData("\\")]
    [InlineData("\\a")]
    [InlineData("\\N")]
    [InlineData("\\x")]
    [InlineData("\\x4")]
    [InlineData("\\x4g")]
    [InlineData("\\x80")]
    [InlineData("\\xff")]
    [InlineData("\\x+1")]
    [InlineData("\\u")]
    [InlineData("\\u41")]
    [InlineData("\\u{")]
    [InlineData("\\u{}")]
    [InlineData("\\u{_41}")]
    [InlineData("\\u{41")]
    [InlineData("\\u{4g}")]
    [InlineData("\\u{ 41}")]
    [InlineData("\\u{-41}")]
    [InlineData("\\u{1234567}")]
    [InlineData("\\u{110000}")]
    [InlineData("\\u{d800}")]
    [InlineData("\\u{dfff}")]
    [InlineData("\\*")]
    public void Anything_else_behind_a_backslash_is_refused(string literal)
    {
        // A backslash alone would escape the quotation mark.
        string inside = literal == "\\" ? "\\ " : literal;

        Cedar.ErrorOf($"\"{inside}\" == \"\"").ShouldContain("does not start a valid escape here; there are ");
        if (literal != "\\*")
        {
            Cedar.ErrorOf($"\"\" like \"{inside}\"").ShouldContain("does not start a valid escape here; there are ");
        }
    }

    [Fact]
    public void Any_text_is_read_back_however_it_is_written()
    {
        for (int seed = 0; seed < 1_000; seed++)
        {
            var random = new Random(seed);
            string text = string.Concat(Enumerable.Range(0, random.Next(30)).Select(_ => Any(random).ToString()));
            string escaped = string.Concat(text.EnumerateRunes().Select(rune => Escaped(rune, random)));

            Of($"\"{escaped}\"").ShouldBe(text, $"seed {seed}: {escaped}");
            Of(ValueText.Quote(text)).ShouldBe(text, $"seed {seed}: quoted");
            EntityUid.Parse($"User::\"{escaped}\"").ShouldBe(new EntityUid("User", text), $"seed {seed}: {escaped}");
            EntityUid.Parse(new EntityUid("A::B", text).ToString()).ShouldBe(new EntityUid("A::B", text), $"seed {seed}");
            new Pattern([text, "", text]).Segments.ShouldBe(
                ((LikeExpression)Condition(PrintedLike([text, "", text]))).Pattern.Segments, $"seed {seed}: {escaped}");
        }
    }

    private static string Of(string literal) => ((StringValue)((LiteralExpression)((BinaryExpression)Condition($"{literal} == 1")).Left).Value).Text;

    private static string PrintedLike(string[] segments)
    {
        var text = new StringBuilder();
        new ExpressionPrinter(text).Append(new LikeExpression(0, new LiteralExpression(0, Value.Of("")), new Pattern(segments)));
        return text.ToString();
    }

    private static Rune Any(Random random) => random.Next(5) switch
    {
        0 => new Rune(random.Next(0x20)),
        1 => new Rune("\"\\*'{}\u007f\u00a0\ufeff\u2028"[random.Next(10)]),
        2 => new Rune(random.Next(0x1_0000, 0x11_0000)),
        _ => new Rune(random.Next(0x20, 0x7f)),
    };

    private static string Escaped(Rune rune, Random random) => random.Next(3) switch
    {
        0 => $"\\u{{{rune.Value.ToString("x", CultureInfo.InvariantCulture)}}}",
        1 when rune.Value <= 0x7f => $"\\x{rune.Value.ToString("x2", CultureInfo.InvariantCulture)}",
        _ => rune.Value switch { '"' => "\\\"", '\\' => "\\\\", '\r' => "\\r", _ => rune.ToString() },
    };

    private static Expression Condition(string expression) =>
        PolicySet.Parse($"permit(principal, action, resource) when {{ {expression} }};").Policies[0].Tree.Conditions[0].Body;
}
