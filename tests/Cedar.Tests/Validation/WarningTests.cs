using static AccessGov.Cedar.ValidationWarningKind;

namespace AccessGov.Cedar.Tests.Validation;

public sealed class WarningTests
{
    private const string Meant = "If it is meant, write the characters as \\u{...} so that everybody sees them.";

    // In the escapes: Cyrillic shha and a, right-to-left override, isolate, no-break space, zero width space, fullwidth A.
    [Theory]
    [InlineData("principal.name == \"say_\u04BBello\"", MixedScriptString, 26, "The string \"say_\\u{4bb}ello\" holds letters of several scripts.")]
    [InlineData("principal.name like \"p\u0430y*\"", MixedScriptString, 8, "The string \"p\\u{430}y*\" holds letters of several scripts.")]
    [InlineData("principal.name == \"user\u202E \u2066only\"", BidiCharsInString, 26, "The string \"user\\u{202e} \\u{2066}only\" holds characters that change the direction of text.")]
    [InlineData("principal == Staff::\"ad\u202Ea\"", BidiCharsInIdentifier, 21, "The identifier \"ad\\u{202e}a\" holds characters that change the direction of text.")]
    [InlineData("principal == Staff::\"\u0430da\"", MixedScriptIdentifier, 21, "The identifier \"\\u{430}da\" holds letters of several scripts.")]
    [InlineData("principal == Staff::\"a\u200Bda\"", ConfusableIdentifier, 21, "The identifier \"a\\u{200b}da\" holds the character U+200B, which is not seen or easily taken for another.")]
    [InlineData("principal == Staff::\"\\u{ff21}da\"", ConfusableIdentifier, 21, "The identifier \"\\u{ff21}da\" holds the character U+FF21, which is not seen or easily taken for another.")]
    [InlineData("principal == Staff::\"a\\tda\"", ConfusableIdentifier, 21, "The identifier \"a\\u{9}da\" holds the character U+0009, which is not seen or easily taken for another.")]
    [InlineData("context has \"urgent\u00A0\" || context.urgent", ConfusableIdentifier, 8, "The identifier \"urgent\\u{a0}\" holds the character U+00A0, which is not seen or easily taken for another.")]
    [InlineData("context.urgent == {\"\u0430da\": true}[\"\u0430da\"]", MixedScriptIdentifier, 26, "The identifier \"\\u{430}da\" holds letters of several scripts.")]
    public void A_text_that_is_not_what_it_looks_like_is_named_where_it_stands(string condition, ValidationWarningKind kind, int column, string problem)
    {
        ValidationResult result = Clinic.WhenViewing(condition);

        result.IsValid.ShouldBeTrue(string.Join(Environment.NewLine, result.Errors));
        ValidationWarning warning = result.Warnings.ShouldHaveSingleItem();
        (warning.Kind, warning.Position.Line, warning.Position.Column, warning.Problem, warning.Suggestion).ShouldBe((kind, 2, column, problem, Meant));
        warning.ToString().ShouldBe($"rules.cedar:2:{column}: policy `policy0`: {problem} {Meant}");
    }

    [Theory]
    [InlineData("principal.name == \"plain ASCII, with \\t control\"")]
    [InlineData("principal.name == \"Z\u00FCrich, \u00E7a va, \u0141\u00F3d\u017A 100 \u20AC\"")]
    [InlineData("principal.name == \"\u041C\u043E\u0441\u043A\u0432\u0430 12\"")]
    [InlineData("principal.name == \"\u65E5\u672C\u8A9E\u306E\u30C6\u30B9\u30C8\u30FC\"")]
    [InlineData("principal.name == \"\uD55C\uAD6D\uC5B4 \u6F22\u5B57\"")]
    [InlineData("principal.name == \"\u4E2D\u6587 \u3107\"")]
    [InlineData("principal.name == \"caf\u0065\u0301 \uD83D\uDE00\"")]
    [InlineData("principal == Staff::\"J\u00F6rg M\u00FCller <a@b.c>\"")]
    [InlineData("principal == Staff::\"\u0410\u043D\u043D\u0430\"")]
    public void A_text_in_one_script_is_left_alone(string condition) => Clinic.WhenViewing(condition).Warnings.ShouldBeEmpty();

    [Theory]
    [InlineData("permit(principal == Staff::\"\u0430da\", action, resource);", 21)]
    [InlineData("permit(principal, action in [Action::\"view\", Action::\"vi\u0435w\"], resource);", 46)]
    [InlineData("permit(principal, action, resource is Scan in Folder::\"\u0430da\");", 47)]
    public void The_ids_in_a_scope_are_looked_at_too(string policy, int column)
    {
        ValidationWarning warning = Clinic.Validate(policy).Warnings[^1];

        (warning.Kind, warning.Position.Column).ShouldBe((MixedScriptIdentifier, column));
    }

    [Theory]
    [InlineData("permit(principal, action, resource) when { false };")]
    [InlineData("permit(principal, action, resource) when { context.urgent && !(principal is Staff) && !(principal is Robot) };")]
    [InlineData("permit(principal, action == Action::\"view\", resource) when { principal is Robot };")]
    [InlineData("permit(principal, action == Action::\"view\", resource) unless { action in Action::\"all\" };")]
    [InlineData("permit(principal, action, resource) when { principal in Folder::\"f\" };")]
    [InlineData("permit(principal, action, resource) unless { true } when { 1 == \"a\" };")]
    public void A_policy_that_no_request_can_satisfy_is_impossible(string policy)
    {
        ValidationResult result = Clinic.Validate($"\n  {policy}");

        result.IsValid.ShouldBeTrue();
        ValidationWarning warning = result.Warnings.ShouldHaveSingleItem();
        (warning.Kind, warning.Position.Line, warning.Position.Column).ShouldBe((ImpossiblePolicy, 2, 3));
        warning.Suggestion.ShouldBe("Look for a condition that excludes another one, or a type that cannot be meant.");
    }

    [Theory]
    [InlineData("permit(principal, action, resource);")]
    [InlineData("permit(principal, action, resource) when { principal is Robot };")]
    [InlineData("permit(principal, action, resource) when { true };")]
    public void A_policy_that_one_environment_can_satisfy_is_possible(string policy) => Clinic.Validate(policy).Warnings.ShouldBeEmpty();

    [Fact]
    public void A_policy_without_an_applicable_action_is_impossible_as_well()
    {
        ValidationResult result = Clinic.Validate("permit(principal is Robot, action == Action::\"view\", resource);");

        result.Errors.ShouldHaveSingleItem().Kind.ShouldBe(ValidationErrorKind.InvalidActionApplication);
        result.Warnings.ShouldHaveSingleItem().Kind.ShouldBe(ImpossiblePolicy);
    }
}
