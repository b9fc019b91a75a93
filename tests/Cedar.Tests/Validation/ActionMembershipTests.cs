namespace AccessGov.Cedar.Tests.Validation;

/// <summary>
/// Whether the action is in a group is known when a policy is validated, but only where the group is written down: a group that comes
/// from the data is not. And other corners of types that meet.
/// </summary>
public sealed class ActionMembershipTests
{
    private static readonly Validator Validator = new(Schema.Parse("""
        entity User { last: Action, mail: Mail::Action, deeds: Set<Action>, b: Bool };
        action all;
        action read in [all] appliesTo { principal: [User], resource: [User], context: { group: Action } };
        action lone;
        namespace Mail { action send in [Action::"all"]; action group; }
        """));

    // Known to be true, known to be false, or not known: told by whether what stands behind is checked.
    [Theory]
    [InlineData("action in Action::\"all\"", true)]
    [InlineData("action in Action::\"read\"", true)]
    [InlineData("action in Action::\"lone\"", false)]
    [InlineData("action in action", true)]
    [InlineData("Action::\"lone\" in action", false)]
    [InlineData("Action::\"all\" in action", false)]
    [InlineData("action in [action]", true)]
    [InlineData("action in [Action::\"lone\", action]", true)]
    [InlineData("action in [Action::\"lone\", Action::\"all\"]", true)]
    [InlineData("action in [Action::\"lone\"]", false)]
    [InlineData("action in context.group", null)]
    [InlineData("action in [context.group]", null)]
    [InlineData("action in [Action::\"all\", context.group]", null)]
    [InlineData("action in principal.deeds", null)]
    [InlineData("context.group in Action::\"all\"", null)]
    [InlineData("principal.last in principal.last", null)]
    [InlineData("principal.last in [Action::\"lone\"]", null)]
    [InlineData("principal.mail in Action::\"all\"", null)]
    [InlineData("principal.mail in Mail::Action::\"group\"", null)]
    [InlineData("principal.last in Mail::Action::\"group\"", false)]
    [InlineData("principal.last in User::\"u\"", false)]
    [InlineData("principal in action", false)]
    [InlineData("action in principal", false)]
    [InlineData("Mail::Action::\"send\" in Action::\"all\"", true)]
    [InlineData("Mail::Action::\"send\" in [Mail::Action::\"group\"]", false)]
    [InlineData("action == principal.last", null)]
    [InlineData("action == principal.mail", false)]
    [InlineData("action is Action", true)]
    [InlineData("action is Mail::Action", false)]
    [InlineData("action is Action in Action::\"all\"", true)]
    [InlineData("action is Action in Action::\"lone\"", false)]
    [InlineData("principal is User in User::\"u\"", null)]
    [InlineData("principal has b", null)]
    [InlineData("principal has c", false)]
    [InlineData("action has b", false)]
    [InlineData("context has group", true)]
    [InlineData("principal.b && false", false)]
    [InlineData("principal.b || true", true)]
    [InlineData("true && principal.b", null)]
    [InlineData("true && true", true)]
    [InlineData("!(principal.b && false)", true)]
    [InlineData("if principal.b then true else true", true)]
    [InlineData("if principal.b then false else false", false)]
    [InlineData("if principal.b then true else false", null)]
    [InlineData("[[true], [principal.b]].isEmpty()", null)]
    public void What_is_known_of_a_test_decides_what_is_checked_behind_it(string test, bool? known)
    {
        Validate($"({test}) && context.nothing").IsValid.ShouldBe(known == false);
        Validate($"({test}) || context.nothing").IsValid.ShouldBe(known == true);
        Validate($"if {test} then context.nothing else true").IsValid.ShouldBe(known == false);
        Validate($"if {test} then true else context.nothing").IsValid.ShouldBe(known == true);
        ValidationResult alone = Validate(test);
        alone.Errors.ShouldBeEmpty();
        alone.Warnings.Select(warning => warning.Message).ShouldBe(known == false
            ? ["rules.cedar:1:1: policy `policy0`: This policy is false for every request that the schema allows. "
                + "Look for a condition that excludes another one, or a type that cannot be meant."]
            : []);
    }

    [Theory]
    [InlineData("[[1], [2]] == [[3]]", true)]
    [InlineData("[[1], [\"a\"]].isEmpty()", false)]
    [InlineData("[[true], [false]].contains([principal.b])", true)]
    [InlineData("[{x: true}, {x: principal.b}].contains({x: false})", true)]
    [InlineData("[{x: [true]}, {x: [principal.b]}].contains({x: [false]})", true)]
    [InlineData("[{x: 1}, {y: 1}].isEmpty()", false)]
    [InlineData("[{x: 1}, {x: 1, y: 1}].isEmpty()", false)]
    [InlineData("{x: {y: 1}} == {x: {y: 2}}", true)]
    [InlineData("{x: {y: 1}} == {x: {y: true}}", false)]
    [InlineData("{x: 1, y: 2} == {y: 2, x: 1}", true)]
    [InlineData("(if principal.b then [true] else [principal.b]).contains(false)", true)]
    [InlineData("(if principal.b then {x: true} else {x: false}).x", true)]
    public void Types_meet_part_by_part_and_a_Boolean_of_known_value_is_a_Boolean(string condition, bool valid)
    {
        ValidationResult result = Validate(condition);

        result.IsValid.ShouldBe(valid, string.Join("; ", result.Errors));
    }

    [Theory]
    [InlineData("[[1], [\"a\"]].isEmpty()", "Make both Long or both String.")]
    [InlineData("[[[1]], [[\"a\"]]].isEmpty()", "Make both Long or both String.")]
    [InlineData("[[principal], [action]].isEmpty()", "Entities of different types are never equal; test the type with `is` first.")]
    [InlineData("{x: 1} == {y: 1}", "Records go together when they have the same attributes.")]
    [InlineData("{x: 1} == {x: \"a\"}", "The attributes of the records must have the same types and be optional in both or in neither.")]
    [InlineData("[1] == 1", "Make both Set<Long> or both Long.")]
    [InlineData("principal == 1", "Make both User or both Long.")]
    [InlineData("ip(\"::1\") == decimal(\"1.0\")", "Make both ipaddr or both decimal.")]
    public void Why_two_types_do_not_meet_is_said_of_their_innermost_parts(string condition, string suggestion) =>
        Validate(condition).Errors.ShouldHaveSingleItem().Suggestion.ShouldBe(suggestion);

    [Fact]
    public void A_name_too_long_to_compare_is_answered_with_the_names_there_are()
    {
        string name = new('b', 90);

        Validate($"principal.{name} == 1").Errors.ShouldHaveSingleItem().Suggestion.ShouldBe("There are `b`, `deeds`, `last`, `mail`.");
    }

    private static ValidationResult Validate(string condition) =>
        Validator.Validate(PolicySet.Parse($"permit(principal, action == Action::\"read\", resource) when {{ {condition} }};", "rules.cedar"));
}
