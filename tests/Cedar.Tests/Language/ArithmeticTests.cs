using System.Numerics;

namespace AccessGov.Cedar.Tests.Language;

/// <summary>Sums, differences, products and their order, against integers without bounds.</summary>
public sealed class ArithmeticTests
{
    private const string Max = "9223372036854775807";
    private const string Min = "-9223372036854775808";

    // Both ends of the range, both sides of zero, of the cache of small numbers, and of where a product leaves the range.
    private static readonly long[] Interesting =
    [
        long.MinValue, long.MinValue + 1, long.MinValue / 2, -4_611_686_018_427_387_905, -3_037_000_500, -3_037_000_499, -4_294_967_296, -257, -17, -16, -2, -1, 0,
        1, 2, 3, 7, 16, 254, 255, 256, 257, 4_294_967_295, 3_037_000_499, 3_037_000_500, 4_611_686_018_427_387_904, long.MaxValue / 2, long.MaxValue - 1, long.MaxValue,
    ];

    public static TheoryData<string, string> Edges => Ward.Table(
        $"""
        {Max} + 0 == {Max} => true
        {Max} + 1 == 0 => IntegerOverflow: integer overflow while attempting to add the values `{Max}` and `1`
        1 + {Max} == 0 => IntegerOverflow: integer overflow while attempting to add the values `1` and `{Max}`
        {Max} + {Max} == -2 => IntegerOverflow
        {Max} + {Min} == -1 => true
        {Min} + -1 == 0 => IntegerOverflow: integer overflow while attempting to add the values `{Min}` and `-1`
        {Min} + {Min} == 0 => IntegerOverflow
        {Min} + 1 - 1 == {Min} => true
        {Min} - 1 + 1 == {Min} => IntegerOverflow
        {Max} - {Max} == 0 => true
        {Min} - {Min} == 0 => true
        {Max} - -1 == 0 => IntegerOverflow: integer overflow while attempting to subtract the values `{Max}` and `-1`
        {Max} - {Min} == -1 => IntegerOverflow
        0 - {Min} == {Min} => IntegerOverflow
        -1 - {Min} == {Max} => true
        -1 - {Max} == {Min} => true
        -2 - {Max} == {Max} => IntegerOverflow: integer overflow while attempting to subtract the values `-2` and `{Max}`
        {Max} * 1 == {Max} => true
        {Max} * -1 == -{Max} => true
        {Max} * 0 == 0 => true
        {Min} * 1 == {Min} => true
        {Min} * 0 == 0 => true
        {Min} * -1 == {Min} => IntegerOverflow: integer overflow while attempting to multiply the values `{Min}` and `-1`
        -1 * {Min} == {Min} => IntegerOverflow
        {Max} * 2 == -2 => IntegerOverflow
        {Min} * 2 == 0 => IntegerOverflow
        4611686018427387904 * 2 == {Min} => IntegerOverflow
        4611686018427387904 * -2 == {Min} => true
        4611686018427387903 * 2 == 9223372036854775806 => true
        3037000500 * 3037000500 == 0 => IntegerOverflow
        3037000499 * 3037000499 == 9223372030926249001 => true
        4294967296 * 4294967296 == 0 => IntegerOverflow
        4294967296 * 2147483648 == {Min} => IntegerOverflow
        4294967296 * -2147483648 == {Min} => true
        -{Max} == {Min} + 1 => true
        -({Min}) == {Min} => IntegerOverflow: integer overflow while attempting to negate the value `{Min}`
        -(-{Max}) == {Max} => true
        -(0) == 0 => true
        ----5 == 5 => true
        -(context.n) == -5 => true
        1 + 2 * 3 == 7 => true
        (1 + 2) * 3 == 9 => true
        10 - 3 - 2 == 5 => true
        10 - (3 - 2) == 9 => true
        2 * 3 - 4 * 5 == -14 => true
        -2 * -3 == 6 => true
        - 2 - -2 == 0 => true
        context.n * context.n - context.n == 20 => true
        context.n + context.n * 2 > 14 => true
        1 + 1 < 1 + 2 => true
        {Min} < {Max} => true
        {Max} < {Min} => false
        {Max} <= {Max} => true
        {Min} >= {Min} => true
        {Min} > {Min} => false
        -1 < 0 => true
        context.n >= 5 && context.n <= 5 => true
        context.zero * context.nope == 0 => RecordAttributeDoesNotExist
        {Max} + 1 > context.nope => IntegerOverflow
        [{Max} + 1].isEmpty() => IntegerOverflow
        context.no && {Max} + 1 > 0 => false
        if {Max} + 1 > 0 then true else true => IntegerOverflow
        """);

    [Theory]
    [MemberData(nameof(Edges))]
    public void Integers_end_at_64_bits_and_say_so(string expression, string expected) => Ward.ShouldEnd(expression, expected);

    [Theory]
    [InlineData("+", "add")]
    [InlineData("-", "subtract")]
    [InlineData("*", "multiply")]
    public void Every_pair_of_interesting_integers_computes_as_without_bounds_or_overflows(string symbol, string doing)
    {
        PolicySet policies = PolicySet.Parse(
            $"permit(principal, action, resource) when {{ context.a {symbol} context.b == context.wanted }};\n"
            + $"permit(principal, action, resource) when {{ context.a {symbol} context.b <= context.wanted && context.a {symbol} context.b >= context.wanted }};");
        CompiledPolicySet compiled = policies.Compile();
        foreach (long a in Interesting)
        {
            foreach (long b in Interesting)
            {
                BigInteger exact = symbol switch { "+" => (BigInteger)a + b, "-" => (BigInteger)a - b, _ => (BigInteger)a * b };
                bool fits = exact >= long.MinValue && exact <= long.MaxValue;

                Response response = compiled.Evaluate(Ask(("a", a), ("b", b), ("wanted", fits ? (long)exact : 0)), EntityStore.Empty);

                response.SatisfiedPermits.Count.ShouldBe(fits ? 2 : 0, $"{a} {symbol} {b}");
                response.Errors.Select(error => error.Error).ShouldBe(
                    fits ? [] : Enumerable.Repeat(new EvaluationError(EvaluationErrorKind.IntegerOverflow, $"integer overflow while attempting to {doing} the values `{a}` and `{b}`"), 2),
                    $"{a} {symbol} {b}");
                Ward.End($"{a} {symbol} {b} == {(fits ? exact : 0)}").ShouldBe(
                    fits ? "true" : $"IntegerOverflow: integer overflow while attempting to {doing} the values `{a}` and `{b}`");
            }
        }
    }

    [Fact]
    public void Every_pair_of_interesting_integers_is_ordered_as_integers_are()
    {
        CompiledPolicySet compiled = PolicySet.Parse(
            """
            @id("<") permit(principal, action, resource) when { context.a < context.b };
            @id("<=") permit(principal, action, resource) when { context.a <= context.b };
            @id(">") permit(principal, action, resource) when { context.a > context.b };
            @id(">=") permit(principal, action, resource) when { context.a >= context.b };
            @id("==") permit(principal, action, resource) when { context.a == context.b };
            @id("!=") permit(principal, action, resource) when { context.a != context.b };
            """,
            chooseId: policy => policy.Annotations["id"]).Compile();
        foreach (long a in Interesting)
        {
            foreach (long b in Interesting)
            {
                string[] expected = [.. new (string Name, bool Holds)[]
                {
                    ("<", a < b), ("<=", a <= b), (">", a > b), (">=", a >= b), ("==", a == b), ("!=", a != b),
                }.Where(relation => relation.Holds).Select(relation => relation.Name)];

                Response response = compiled.Evaluate(Ask(("a", a), ("b", b)), EntityStore.Empty);

                response.SatisfiedPermits.Select(policy => policy.Id).ShouldBe(expected, ignoreOrder: true, $"{a} and {b}");
                Ward.End($"{a} < {b}").ShouldBe(a < b ? "true" : "false");
                Ward.End($"{a} >= {b}").ShouldBe(a >= b ? "true" : "false");
            }
        }
    }

    [Fact]
    public void Random_sums_of_products_compute_as_without_bounds_until_a_step_leaves_the_range()
    {
        int overflows = 0;
        for (int seed = 0; seed < 2_000; seed++)
        {
            var random = new Random(seed);
            (string text, BigInteger? exact) = Sum(random, 4);

            string end = Ward.End($"{text} == {exact ?? 0}");

            end.Split(':')[0].ShouldBe(exact is null ? nameof(EvaluationErrorKind.IntegerOverflow) : "true", $"seed {seed}: {text}");
            overflows += exact is null ? 1 : 0;
        }

        overflows.ShouldBeInRange(200, 1_800);
    }

    // An expression and its value; null when some step of it leaves 64 bits.
    private static (string Text, BigInteger? Exact) Sum(Random random, int depth)
    {
        if (depth == 0 || random.Next(5) == 0)
        {
            long number = random.Next(3) == 0 ? Interesting[random.Next(Interesting.Length)] : random.Next(-100_000, 100_000);
            return ($"({number})", number);
        }

        (string left, BigInteger? a) = Sum(random, depth - 1);
        (string right, BigInteger? b) = Sum(random, depth - 1);
        string symbol = new[] { "+", "-", "*" }[random.Next(3)];
        BigInteger? result = symbol switch { "+" => a + b, "-" => a - b, _ => a * b };
        return ($"({left} {symbol} {right})", result is { } exact && (exact < long.MinValue || exact > long.MaxValue) ? null : result);
    }

    private static Request Ask(params (string Name, long Number)[] numbers) => new(
        Cedar.Alice, Cedar.View, Cedar.Photo, RecordValue.Of([.. numbers.Select(number => (number.Name, (Value)Value.Of(number.Number)))]));
}
