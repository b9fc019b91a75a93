using AccessGov.Cedar.Tests.Validation;

namespace AccessGov.Cedar.Tests.Analyzing;

public sealed class MalformedLiteralTests
{
    private const string Scope = "(principal, action == Action::\"view\", resource)";

    [Theory]
    [InlineData("ip(\"10.0.0.256\").isLoopback()", "`ip` refuses its argument: \"10.0.0.256\" is not an IP address or range that Cedar accepts.", "ip(\"10.0.0.1\")")]
    [InlineData("decimal(\"1.23456\").lessThan(decimal(\"2.0\"))", "`decimal` refuses its argument: \"1.23456\" is not a decimal with 1 to 4 digits after the point, or out of range.", "decimal(\"12.34\")")]
    [InlineData("datetime(\"2024-13-01\").toTime() == duration(\"1h\")", "`datetime` refuses its argument: \"2024-13-01\" is not a valid datetime.", "datetime(\"2025-01-31\")")]
    [InlineData("duration(\"1x\").toDays() > 1", "`duration` refuses its argument: \"1x\" is not a valid duration, or out of range.", "duration(\"1d12h\")")]
    public void A_malformed_literal_is_found_without_a_schema_and_is_an_error_with_one(string test, string problem, string right)
    {
        PolicySet policies = PolicySet.Parse($"permit(principal, action, resource);\nforbid{Scope}\n  when {{ context.urgent || {test} }};", "rules.cedar");

        MalformedLiteral found = MalformedLiterals.Find(policies).ShouldHaveSingleItem();

        (found.Policy.Id, found.Position.Line, found.Position.Column).ShouldBe(("policy1", 3, 28));
        found.Problem.ShouldBe(problem);
        found.Suggestion.ShouldStartWith("Right is, for instance, ");
        found.Suggestion.ShouldContain(right);
        found.ToString().ShouldBe($"rules.cedar:3:28: policy `policy1`: {problem} {found.Suggestion}");
        ValidationError error = Clinic.Validator.Validate(policies).Errors.ShouldHaveSingleItem();
        (error.Kind, error.Position, error.Problem, error.Suggestion)
            .ShouldBe((ValidationErrorKind.FunctionArgumentValidation, found.Position, problem, found.Suggestion));
    }

    [Theory]
    [InlineData("false && ip(\"x\").isLoopback()", 1)]
    [InlineData("[ip(\"x\"), ip(\"::1\"), ip(\"y\")].isEmpty()", 2)]
    [InlineData("if context.urgent then ip(1).isIpv4() else {a: decimal(true)}.a == decimal(\"1.0\")", 2)]
    [InlineData("context.n.offset(duration(\"\")) == context.m", 1)]
    [InlineData("ip(context.address).isLoopback()", 0)]
    [InlineData("ip(\"10.0.0.0/8\") == ip(\"::1\") && context.text == \"10.0.0.256\"", 0)]
    public void Every_constructor_is_looked_at_wherever_it_stands(string test, int expected) =>
        MalformedLiterals.Find(PolicySet.Parse($"forbid(principal, action, resource) unless {{ {test} }};")).Count.ShouldBe(expected);

    [Fact]
    public void A_template_is_looked_at_and_its_links_repeat_nothing()
    {
        PolicySet linked = PolicySet.Parse("permit(principal == ?principal, action, resource) when { ip(\"x\").isIpv6() };")
            .Link("policy0", "link", principal: Cedar.Alice);

        MalformedLiterals.Find(linked).ShouldHaveSingleItem().Policy.Id.ShouldBe("policy0");
    }

    [Fact]
    public void A_hundred_of_one_policy_are_enough()
    {
        string many = string.Join(", ", Enumerable.Repeat("ip(\"x\")", 300));

        MalformedLiterals.Find(PolicySet.Parse($"permit(principal, action, resource) when {{ [{many}].isEmpty() }};")).Count
            .ShouldBe(ValidationResult.PolicyFindingsMax);
    }
}
