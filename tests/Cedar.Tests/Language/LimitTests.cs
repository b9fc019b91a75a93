namespace AccessGov.Cedar.Tests.Language;

/// <summary>Every limit of the language as we read it: what is just within it is read, and one more is refused by name.</summary>
public sealed class LimitTests
{
    [Theory]
    [InlineData("(", "true", ")", 249)]
    [InlineData("!(", "true", ")", 249)]
    [InlineData("[", "1", "].contains(1)", 124)]
    [InlineData("{a: ", "1", "}", 249)]
    [InlineData("if true then ", "true", " else true", 249)]
    [InlineData("true && (", "true", ")", 249)]
    [InlineData("1 + (", "1", ")", 249)]
    [InlineData("ip(", "\"\"", ")", 249)]
    public void Nesting_is_bounded_by_250_levels(string open, string middle, string close, int most)
    {
        Policies(Nested(most)).Policies[0].Tree.Conditions[0].Body.Height.ShouldBeLessThanOrEqualTo(250);
        Cedar.ErrorOf(Nested(most + 1)).ShouldBe("This expression is nested too deeply; at most 250 levels are allowed.");

        string Nested(int levels) => $"{Repeat(open, levels)}{middle}{Repeat(close, levels)}";
    }

    [Theory]
    [InlineData("context", ".a", 249)]
    [InlineData("context", "[\"a\"]", 249)]
    [InlineData("context", ".isEmpty()", 249)]
    [InlineData("1", " + 1", 249)]
    [InlineData("1", " * 1", 249)]
    [InlineData("1", " - 1", 249)]
    [InlineData("context has a", ".a", 248)]
    [InlineData("context.a.a has a", ".a", 246)]
    public void What_leans_to_the_left_counts_a_level_for_each_link(string first, string link, int most)
    {
        Policies(first + Repeat(link, most)).Policies[0].Tree.Conditions[0].Body.Height.ShouldBe(250);
        Cedar.ErrorOf(first + Repeat(link, most + 1)).ShouldBe("This expression is nested too deeply; at most 250 levels are allowed.");
    }

    [Theory]
    [InlineData(" && ")]
    [InlineData(" || ")]
    public void A_chain_has_at_most_10000_operands_and_is_one_level_high(string link)
    {
        string longest = string.Join(link, Enumerable.Repeat("true", 10_000));

        Policies(longest).Policies[0].Tree.Conditions[0].Body.Height.ShouldBe(2);
        Cedar.ErrorOf(longest + link + "true").ShouldBe("A chain of `&&` or `||` is longer than 10000; use a set and `contains`.");
        Cedar.ErrorOf($"({longest}){link}true").ShouldBe("A chain of `&&` or `||` is longer than 10000; use a set and `contains`.");
    }

    [Theory]
    [InlineData("!", "true")]
    [InlineData("-", "context.a")]
    public void Four_signs_stand_in_a_row(string sign, string operand)
    {
        Policies(Repeat(sign, 4) + operand).Policies.ShouldHaveSingleItem();
        Policies($"{Repeat(sign, 4)}({Repeat(sign, 4)}{operand})").Policies.ShouldHaveSingleItem();
        Cedar.ErrorOf(Repeat(sign, 5) + operand).ShouldBe($"Too many `{sign}` in a row; at most 4 are allowed.");
    }

    [Theory]
    [InlineData("9223372036854775807", true)]
    [InlineData("9223372036854775808", false)]
    [InlineData("-9223372036854775808", true)]
    [InlineData("-9223372036854775809", false)]
    [InlineData("--9223372036854775808", true)]
    [InlineData("00000000000000000000000000000000000000000001", true)]
    [InlineData("99999999999999999999999999999999999999999999", false)]
    [InlineData("-9223372036854775808.a", false)]
    [InlineData("-9223372036854775808[\"a\"]", false)]
    public void Integers_have_64_bits(string number, bool isRead)
    {
        if (isRead)
        {
            Policies($"{number} == 1").Policies.ShouldHaveSingleItem();
        }
        else
        {
            Cedar.ErrorOf($"{number} == 1").ShouldContain("is too large; ");
        }
    }

    [Fact]
    public void A_long_name_is_quoted_in_part_and_the_sentence_around_it_in_full()
    {
        string name = new('x', 100_000);
        (string Expression, string Start, string End)[] cases =
        [
            (name, "`xxx", "there are principal, action, resource and context."),
            ($"{name}()", "`xxx", "There are datetime, decimal, duration, ip."),
            ($"context.{name}()", "`xxx", "toMinutes, toSeconds, toTime."),
            ($"{{{name}: 1, {name}: 2}}", "The key `xxx", "occurs twice in one record; remove one."),
            ($"true {name}", "Unexpected `xxx", "expected `}` or an operator."),
            ($"1{new string('0', 100_000)} == 1", "The integer `1000", "is too large; the largest is 9223372036854775807."),
        ];

        foreach ((string expression, string start, string end) in cases)
        {
            string message = Cedar.ErrorOf(expression);
            message.Length.ShouldBeLessThanOrEqualTo(400);
            message.ShouldStartWith(start);
            message.ShouldEndWith(end);
        }
    }

    [Fact]
    public void An_excerpt_cuts_no_character_in_half()
    {
        for (int padding = 0; padding < 4; padding++)
        {
            string text = new string('a', padding) + string.Concat(Enumerable.Repeat("😀", 400)) + new string('b', padding);

            string excerpt = Excerpt.Of(text);

            excerpt.Length.ShouldBeInRange(397, Excerpt.LengthMax);
            excerpt.EnumerateRunes().ShouldNotContain(System.Text.Rune.ReplacementChar);
            excerpt.ShouldContain("…");
        }

        Excerpt.Of(new string('a', Excerpt.LengthMax)).ShouldBe(new string('a', Excerpt.LengthMax));
        Excerpt.Of(new string('a', 300) + new string('b', 300)).ShouldBe($"{new string('a', 249)}…{new string('b', 150)}");
    }

    [Fact]
    public void The_deepest_expression_allowed_is_evaluated_on_a_small_stack()
    {
        string deep = "true";
        for (int i = 0; i < 60; i++)
        {
            deep = $"!!!!({deep})";
        }

        string outcome = "";
        var thread = new Thread(() => outcome = Cedar.Outcome(deep), maxStackSize: 1024 * 1024);
        thread.Start();
        thread.Join();

        outcome.ShouldBe("true");
    }

    private static PolicySet Policies(string expression) => PolicySet.Parse($"permit(principal, action, resource) when {{ {expression} }};");

    private static string Repeat(string part, int times) => string.Concat(Enumerable.Repeat(part, times));
}
