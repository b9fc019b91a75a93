namespace AccessGov.Cedar.Tests.Language;

/// <summary>Arithmetic and comparisons whose intermediate results never become values.</summary>
public sealed class NumberTests
{
    private static readonly RecordValue Context = RecordValue.Of(
        ("n", Value.Of(7)), ("max", Value.Of(long.MaxValue)), ("min", Value.Of(long.MinValue)), ("text", Value.Of("7")),
        ("now", new DatetimeValue(1_000_000)), ("late", new DatetimeValue(long.MaxValue)), ("hour", new DurationValue(3_600_000)), ("short", new DurationValue(-1_500)));

    [Theory]
    [InlineData("context.n + 1 < 9", "true")]
    [InlineData("context.n + 1 < 8", "false")]
    [InlineData("context.n + 1 <= 8", "true")]
    [InlineData("8 > context.n + 1", "false")]
    [InlineData("8 >= context.n + 1", "true")]
    [InlineData("-context.n - 1 == -8", "true")]
    [InlineData("context.n * context.n == 49", "true")]
    [InlineData("[8, 9].contains(context.n + 1)", "true")]
    [InlineData("context.now.offset(context.hour) > context.now", "true")]
    [InlineData("context.now.offset(context.hour).durationSince(context.now) == context.hour", "true")]
    [InlineData("context.now.offset(context.hour).durationSince(context.now) >= duration(\"61m\")", "false")]
    [InlineData("context.hour.toMinutes() + 1 > 60", "true")]
    [InlineData("context.hour.toMilliseconds() == 3600000 && context.hour.toHours() == 1 && context.hour.toDays() < 1", "true")]
    [InlineData("context.short.toSeconds() == -1", "true")]
    [InlineData("context.max - 1 + 1 == context.max", "true")]
    [InlineData("300 + context.n == 307 && context.n - 300 == -293", "true")]
    public void Numbers_are_computed_and_compared(string expression, string expected) => Cedar.Outcome(expression, context: Context).ShouldBe(expected);

    [Theory]
    [InlineData("context.max + 1 > 0", "integer overflow while attempting to add the values `9223372036854775807` and `1`")]
    [InlineData("context.min - 1 > 0", "integer overflow while attempting to subtract the values `-9223372036854775808` and `1`")]
    [InlineData("context.max * 2 > 0", "integer overflow while attempting to multiply the values `9223372036854775807` and `2`")]
    [InlineData("-context.min > 0", "integer overflow while attempting to negate the value `-9223372036854775808`")]
    [InlineData("context.text + 1 > 0", "type error: expected long, got string")]
    [InlineData("1 + context.text > 0", "type error: expected long, got string")]
    [InlineData("context.now + 1 > 0", "type error: expected long, got datetime")]
    [InlineData("-context.text > 0", "type error: expected long, got string")]
    [InlineData("context.n + 1 > context.text", "type error: expected long, got string")]
    [InlineData("context.text > context.n + 1", "type error: expected one of [long, datetime, duration], got string")]
    [InlineData("context.now.offset(context.hour) > context.hour", "type error: expected datetime, got duration")]
    [InlineData("context.n + 1 < context.now", "type error: expected long, got datetime")]
    [InlineData("context.now.offset(context.n) > context.now", "type error: expected duration, got long")]
    [InlineData("context.n.offset(context.hour) > context.now", "type error: expected datetime, got long")]
    [InlineData("context.now.durationSince(context.hour) > context.hour", "type error: expected datetime, got duration")]
    [InlineData("context.n.toDays() > 1", "type error: expected duration, got long")]
    [InlineData("context.gone + context.missing > 0", "record does not have the attribute `gone`")]
    [InlineData("context.text + context.missing > 0", "record does not have the attribute `missing`")]
    [InlineData("context.text.offset(context.missing) > context.now", "record does not have the attribute `missing`")]
    [InlineData("context.missing.toDays() > 1", "record does not have the attribute `missing`")]
    [InlineData("context.late.offset(context.hour) > context.now", "overflows when adding")]
    public void What_is_no_number_is_named(string expression, string message) =>
        Cedar.Evaluate($"permit(principal, action, resource) when {{ {expression} }};", context: Context)
            .Errors.ShouldHaveSingleItem().Error.Message.ShouldContain(message);

    [Fact]
    public void Arithmetic_that_ends_in_a_comparison_allocates_nothing()
    {
        CompiledPolicySet compiled = PolicySet.Parse(
            """
            permit(principal, action, resource) when {
              context.n * 1000 + 5 > context.n * 1000 - 5
              && context.now.offset(context.hour).durationSince(context.now) >= duration("1h")
              && context.now < context.now.offset(context.hour).offset(context.hour)
              && -(context.n + 1000) < 0
              && context.hour.toSeconds() > 3000
            };
            """).Compile();
        var request = new Request(Cedar.Alice, Cedar.View, Cedar.Photo, Context);
        var response = new ReusableResponse();
        for (int i = 0; i < 200; i++)
        {
            compiled.Evaluate(request, EntityStore.Empty, response);
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1_000; i++)
        {
            compiled.Evaluate(request, EntityStore.Empty, response);
        }

        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);
        response.Decision.ShouldBe(Decision.Allow);
    }

    [Fact]
    public void Longs_are_equal_whether_or_not_they_exist_once()
    {
        foreach (long number in (long[])[long.MinValue, -17, -16, -1, 0, 1, 255, 256, 1_000, long.MaxValue])
        {
            Value.Of(number).Number.ShouldBe(number);
            Value.Of(number).ShouldBe(new LongValue(number));
            Value.Of(number).ShouldNotBe(Value.Of(unchecked(number + 1)));
        }
    }
}
