namespace AccessGov.Cedar.Tests.Validation;

/// <summary>Trees that no text gives: the parser has no node that the validator does not know.</summary>
public sealed class UnparsedPolicyTests
{
    [Fact]
    public void An_unknown_expression_is_a_mistake_of_the_validator() =>
        Validate(new Riddle(57)).ShouldHaveSingleItem().ShouldBe(
            ValidationErrorKind.InternalInvariantViolation, 1, 58, "Report it with the policy and the schema; the policy may be right.");

    [Fact]
    public void A_known_expression_is_none() => Validate(new LiteralExpression(57, BoolValue.True)).ShouldBeEmpty();

    private static IReadOnlyList<ValidationError> Validate(Expression condition)
    {
        PolicyTree tree = PolicySet.Parse("permit(principal, action == Action::\"view\", resource) when { true };", "rules.cedar").Policies[0].Tree;
        return Clinic.Validator.Validate(new Policy("policy0", tree with { Conditions = [new Condition(55, false, condition)] })).Errors;
    }

    private sealed record Riddle(int Offset) : Expression(Offset, 1);
}
