using System.Diagnostics;
using System.Text.RegularExpressions;
using FsCheck;
using FsCheck.Fluent;

namespace AccessGov.Cedar.Tests.Language;

public sealed class WildcardTests
{
    [Theory]
    [InlineData("", "", true)]
    [InlineData("a", "", false)]
    [InlineData("a", "a", true)]
    [InlineData("", "*", true)]
    [InlineData("a", "*", true)]
    [InlineData("abababa", "abababa", true)]
    [InlineData("abababa", "*aba", true)]
    [InlineData("abababa", "aba*", true)]
    [InlineData("abababa", "*aba*", true)]
    [InlineData("abababa", "a*", true)]
    [InlineData("abababa", "a*b", false)]
    [InlineData("abababa", "*a**b**b*", true)]
    [InlineData("abababa", "*a**b**b", false)]
    [InlineData("aba", "ab*ba", false)]
    [InlineData("ffffffffffffffffffffffffffffffffffffffffffffffffffffff", @"*****\\0\\0*", false)]
    [InlineData("a*b", @"a\*b", true)]
    [InlineData("axb", @"a\*b", false)]
    [InlineData("a", @"\u{61}", true)]
    [InlineData("top secret", @"\u{2a}secret", true)]
    [InlineData("top secret", @"\x2asecret", true)]
    [InlineData("top secret", @"\*secret", false)]
    [InlineData("A", "a", false)]
    [InlineData("a\nb", "a*b", true)]
    [InlineData("😀", "*", true)]
    [InlineData("😀", "?", false)]
    [InlineData("ß", "ss", false)]
    public void Like_matches_the_whole_text(string text, string pattern, bool expected) =>
        Matches(text, pattern).ShouldBe(expected);

    [Fact]
    public void Like_agrees_with_a_naive_regular_expression()
    {
        Gen<string> texts = Gen.Elements("a", "b", "*", "\\", "é").ListOf().Select(parts => string.Concat(parts));
        Gen<string> patterns = Gen.Elements("a", "b", "*", @"\*", @"\\", "é").ListOf().Select(parts => string.Concat(parts));
        Prop.ForAll(texts.ToArbitrary(), patterns.ToArbitrary(), (text, pattern) => Matches(text, pattern) == Naive(text, pattern))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(2_000));
    }

    [Fact]
    public void Like_takes_no_exponential_time()
    {
        var watch = Stopwatch.StartNew();

        Matches(new string('a', 20_000), string.Concat(Enumerable.Repeat("*a", 5_000)) + "*b").ShouldBeFalse();

        watch.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(30));
    }

    private static bool Matches(string text, string pattern) =>
        Cedar.Outcome($"context.text like \"{pattern}\"", context: RecordValue.Of(("text", Value.Of(text)))) == "true";

    private static bool Naive(string text, string pattern) => Regex.IsMatch(
        text,
        @"\A(?s:" + Regex.Replace(pattern, @"\\.|[^\\]", unit => unit.Value == "*" ? ".*" : Regex.Escape(unit.Value[^1..])) + @")\z",
        RegexOptions.None,
        TimeSpan.FromSeconds(5));
}
