using System.Globalization;

namespace AccessGov.Cedar.Tests.Explaining;

/// <summary>Of all values that would turn a comparison the search proposes the one nearest to what is there, found here by trying all.</summary>
public sealed class NearestValueTests
{
    private static readonly string[] Relations = ["<", "<=", ">", ">=", "=="];

    private static readonly Dictionary<string, string> Methods = new(StringComparer.Ordinal)
    {
        ["<"] = "lessThan", ["<="] = "lessThanOrEqual", [">"] = "greaterThan", [">="] = "greaterThanOrEqual",
    };

    public static TheoryData<string, string> Kinds => new()
    {
        { "long", "context.x _ #" }, { "long", "# _ context.x" }, { "long", "context.x + 3 _ #" }, { "long", "3 + context.x _ #" }, { "long", "context.x - 3 _ #" }, { "long", "3 - context.x _ #" },
        { "long", "-(context.x) _ #" }, { "long", "# _ -(context.x) + 1" }, { "long", "(context.x + 1) - 4 _ #" }, { "long", "context.x * 1 _ #" }, { "long", "context.x * -1 _ #" },
        { "datetime", "context.x _ #" }, { "datetime", "# _ context.x" }, { "datetime", "context.x.offset(duration(\"5ms\")) _ #" }, { "datetime", "datetime(\"1970-01-01\").offset(context.length) _ #" },
        { "duration", "context.x _ #" }, { "duration", "# _ context.x" }, { "duration", "context.instant.durationSince(datetime(\"1970-01-01\")) _ #" },
        { "duration", "datetime(\"1970-01-01\").durationSince(context.instant) _ #" }, { "long", "context.length.toMilliseconds() _ #" },
        { "decimal", "context.x _ #" }, { "decimal", "# _ context.x" },
    };

    [Theory]
    [MemberData(nameof(Kinds))]
    public void The_proposed_value_is_the_nearest_that_would_do(string type, string template)
    {
        int proposed = 0;
        foreach (string relation in Relations)
        {
            foreach (bool negated in new[] { false, true })
            {
                foreach (int now in new[] { -7, -1, 0, 1, 6 })
                {
                    foreach (int bound in new[] { -4, 0, 5 })
                    {
                        string comparison = Compare(type, template, relation, bound);
                        string condition = negated ? $"!({comparison})" : comparison;
                        Explanation explanation = Hospital.Of(condition, Context(type, now));
                        if (explanation.Response.Decision == Decision.Allow)
                        {
                            continue;
                        }

                        int[] good = [.. Enumerable.Range(-30, 61).Where(value => Allows(condition, Context(type, value)))];
                        int nearest = good.Min(value => Math.Abs(value - now));
                        Change change = explanation.Counterfactuals.ShouldHaveSingleItem(condition).Changes.ShouldHaveSingleItem(condition);
                        Math.Abs(Number(change.To!) - now).ShouldBe(nearest, $"{condition} with {now}: {change}");
                        Number(change.From!).ShouldBe(now);
                        // What is not equal to something may be anything else.
                        change.IsExample.ShouldBe(negated && relation == "==", condition);
                        proposed++;
                    }
                }
            }
        }

        proposed.ShouldBeGreaterThan(50);
    }

    [Theory]
    [InlineData("context.x > 9223372036854775807")]
    [InlineData("context.x < -9223372036854775808")]
    [InlineData("context.x + 5 == -9223372036854775808")]
    [InlineData("context.x - 5 == 9223372036854775807")]
    [InlineData("context.x * 2 == 7")]
    [InlineData("context.x * 0 == 7")]
    [InlineData("context.x + \"a\" == 7")]
    public void Where_no_integer_would_do_nothing_is_proposed(string condition) =>
        Hospital.Of(condition, RecordValue.Of(("x", Value.Of(1)))).Counterfactuals.ShouldBeEmpty();

    [Theory]
    [InlineData("context.x >= 9223372036854775807", "context.x = 9223372036854775807 (was 1)")]
    [InlineData("context.x <= -9223372036854775808", "context.x = -9223372036854775808 (was 1)")]
    [InlineData("context.x + 5 == 9223372036854775807", "context.x = 9223372036854775802 (was 1)")]
    [InlineData("-(context.x) == 9223372036854775807", "context.x = -9223372036854775807 (was 1)")]
    [InlineData("context.x * 3 == 9223372036854775806", "context.x = 3074457345618258602 (was 1)")]
    [InlineData("context.x != 1", "context.x = 2, for example (was 1)")]
    public void At_the_ends_of_the_range_the_last_integers_are_proposed(string condition, string expected) =>
        Hospital.Of(condition, RecordValue.Of(("x", Value.Of(1)))).Counterfactuals.Texts().ShouldBe([expected]);

    [Fact]
    public void The_greatest_integer_that_must_be_another_becomes_the_one_below() =>
        Hospital.Of("context.x != 9223372036854775807", RecordValue.Of(("x", Value.Of(long.MaxValue)))).Counterfactuals.Texts()
            .ShouldBe(["context.x = 9223372036854775806, for example (was 9223372036854775807)"]);

    private static string Compare(string type, string template, string relation, int bound)
    {
        string literal = type switch
        {
            "long" => $"({bound})",
            "datetime" => $"datetime(\"1970-01-01\").offset(duration(\"{bound}ms\"))",
            "duration" => $"duration(\"{bound}ms\")",
            _ => new DecimalValue(bound).ToString(),
        };
        if (type == "decimal" && relation != "==")
        {
            string[] sides = template.Replace("#", literal, StringComparison.Ordinal).Split(" _ ");
            return $"{sides[0]}.{Methods[relation]}({sides[1]})";
        }

        return template.Replace("#", literal, StringComparison.Ordinal).Replace(" _ ", $" {relation} ", StringComparison.Ordinal);
    }

    private static RecordValue Context(string type, int value) => RecordValue.Of(
        ("x", type switch { "long" => Value.Of(value), "datetime" => new DatetimeValue(value), "duration" => new DurationValue(value), _ => new DecimalValue(value) }),
        ("length", new DurationValue(value)), ("instant", new DatetimeValue(value)));

    private static long Number(Value value) => value switch
    {
        LongValue number => number.Number,
        DatetimeValue instant => instant.EpochMilliseconds,
        DurationValue length => length.Milliseconds,
        DecimalValue number => number.TenThousandths,
        _ => long.Parse(value.ToString(), CultureInfo.InvariantCulture),
    };

    private static bool Allows(string condition, RecordValue context) =>
        Cedar.Evaluate($"permit(principal, action, resource) when {{ {condition} }};", context: context).Decision == Decision.Allow;
}
