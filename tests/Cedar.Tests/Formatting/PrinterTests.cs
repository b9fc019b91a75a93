using AccessGov.Cedar.Tests.Generators;

namespace AccessGov.Cedar.Tests.Formatting;

public sealed class PrinterTests
{
    [Fact]
    public void Printing_and_parsing_any_policy_gives_the_same_tree()
    {
        for (int seed = 0; seed < 20_000; seed++)
        {
            PolicyTree tree = new RandomPolicies(new Random(seed)).Tree(depth: 1 + (seed % 6), slots: true);
            string text = PolicyPrinter.Print(tree);

            TreeText.Of(Reading(text, seed).Tree).ShouldBe(TreeText.Of(tree), $"seed {seed}: {text}");
        }
    }

    [Theory]
    [InlineData("((1 + 2)) - (3 - 4)", "1 + 2 - (3 - 4)")]
    [InlineData("(1 * 2) * (3 * 4) + 5", "1 * 2 * (3 * 4) + 5")]
    [InlineData("(true && false) && (true && false)", "true && false && (true && false)")]
    [InlineData("(true || false) && true || (false && true)", "(true || false) && true || false && true")]
    [InlineData("(1 == 2) == (3 < 4)", "(1 == 2) == (3 < 4)")]
    [InlineData("(if true then 1 else 2) + 1", "(if true then 1 else 2) + 1")]
    [InlineData("if (true) then (if true then 1 else 2) else (3)", "if true then if true then 1 else 2 else 3")]
    [InlineData("!(true)", "!true")]
    [InlineData("!(!(!(!(!true))))", "!!!!(!true)")]
    [InlineData("-(5) == - 5", "-(5) == -5")]
    [InlineData("-(-5)", "--5")]
    [InlineData("-(-(-(-(-5))))", "----(-5)")]
    [InlineData("!(-context.a)", "!(-context.a)")]
    [InlineData("(-5).a", "(-5).a")]
    [InlineData("-5.a", "-5.a")]
    [InlineData("(5)[\"a b\"]", "5[\"a b\"]")]
    [InlineData("(1 + 2).contains((3))", "(1 + 2).contains(3)")]
    [InlineData("(ip(\"1.1.1.1\",)).isInRange((context[\"net\"]))", "ip(\"1.1.1.1\").isInRange(context.net)")]
    [InlineData("context[\"if\"].b[\"c d\"]", "context[\"if\"].b[\"c d\"]")]
    [InlineData("{\"a\": 1, \"in\": {b: []}}", "{a: 1, \"in\": {b: []}}")]
    [InlineData("(context has a.b) == (context has \"a\")", "(context has a.b) == (context has a)")]
    [InlineData("(context has \"a b\")", "context has \"a b\"")]
    [InlineData("(\"a\" like \"\\*\\\"*\\\\\\u{7}\")", "\"a\" like \"\\*\\\"*\\\\\\u{7}\"")]
    [InlineData("(principal is A :: B in (resource))", "principal is A::B in resource")]
    [InlineData("A :: B::\"\\u{61}\\x41\"", "A::B::\"aA\"")]
    [InlineData("-9223372036854775808", "-9223372036854775808")]
    public void An_expression_is_printed_with_the_parentheses_it_needs(string expression, string expected)
    {
        Policy policy = Reading($"permit(principal, action, resource) when {{ {expression} }};", 0);

        PolicyPrinter.Print(policy.Tree).ShouldBe($"permit (principal, action, resource) when {{ {expected} }};");
    }

    [Theory]
    [InlineData("@a @b(\"x\\\"\")permit(principal==?principal,action==Action::\"v\",resource is R);", "@a @b(\"x\\\"\") permit (principal == ?principal, action == Action::\"v\", resource is R);")]
    [InlineData("forbid(principal is U in(U::\"a\"),action in[],resource in ?resource,)unless{true}when{false};", "forbid (principal is U in U::\"a\", action in [], resource in ?resource) unless { true } when { false };")]
    [InlineData("permit(principal,action in [Action::\"a\",N::Action::\"b\",],resource is R in ?resource);", "permit (principal, action in [Action::\"a\", N::Action::\"b\"], resource is R in ?resource);")]
    [InlineData("permit(principal in U::\"x\",action in Action::\"a\",resource==R::\"\");", "permit (principal in U::\"x\", action in Action::\"a\", resource == R::\"\");")]
    public void Scope_annotations_and_clauses_are_printed_in_full(string policy, string expected) =>
        PolicyPrinter.Print(Reading(policy, 0).Tree).ShouldBe(expected);

    private static Policy Reading(string text, int seed)
    {
        try
        {
            return PolicySet.Parse(text).Policies.ShouldHaveSingleItem();
        }
        catch (PolicySyntaxException refused)
        {
            throw new ShouldAssertException($"seed {seed}: {refused.Message}: {text}", refused);
        }
    }
}
