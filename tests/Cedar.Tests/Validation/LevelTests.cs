namespace AccessGov.Cedar.Tests.Validation;

/// <summary>How many references a policy follows. The first theories are the cases of the Lean specification's unit tests.</summary>
public sealed class LevelTests
{
    private static readonly Validator Documents = new(Schema.Parse("""
        entity User { manager: User, isAdmin: Bool, record: { attr: Bool, boss: User } } tags Bool;
        entity Document { isPublic: Bool, owner: User };
        action View appliesTo { principal: [User], resource: [Document], context: { hasMFA: Bool, otherUser: User } };
        """));

    [Theory]
    [InlineData("\"foo\" == \"foo\"")]
    [InlineData("principal == principal")]
    [InlineData("User::\"alice\" == User::\"alice\"")]
    [InlineData("Action::\"View\" == Action::\"View\"")]
    [InlineData("{foo: User::\"alice\", bar: principal} == {foo: User::\"alice\", bar: principal}")]
    [InlineData("{foo: User::\"alice\", bar: principal}.foo == principal")]
    [InlineData("{foo: User::\"alice\", bar: principal}.bar == principal")]
    [InlineData("context.hasMFA")]
    [InlineData("(if User::\"alice\" == principal then User::\"alice\" else principal) == principal")]
    public void Level_0_follows_nothing(string condition) => Errors(condition, 0).ShouldBeEmpty();

    [Theory]
    [InlineData("principal.manager == principal")]
    [InlineData("principal has manager")]
    [InlineData("principal in User::\"alice\"")]
    [InlineData("Action::\"View\" in Action::\"View\"")]
    [InlineData("action in Action::\"View\"")]
    [InlineData("principal.hasTag(\"foo\") && principal.getTag(\"foo\")")]
    [InlineData("{foo: User::\"alice\", bar: principal}.bar.manager == principal")]
    [InlineData("{foo: principal, bar: principal.isAdmin}.foo.manager == principal")]
    [InlineData("(if User::\"alice\" == principal then principal else principal).manager == principal")]
    [InlineData("(if principal.isAdmin then principal else principal).manager == principal")]
    [InlineData("context.otherUser.manager == principal")]
    [InlineData("principal.record.attr")]
    [InlineData("principal has record.attr")]
    [InlineData("principal is User in User::\"alice\"")]
    [InlineData("[principal.isAdmin].contains(true)")]
    [InlineData("resource.isPublic || principal.record == principal.record")]
    [InlineData("!resource.isPublic")]
    public void Level_1_follows_one_reference(string condition) => NeedsExactly(condition, 1);

    [Theory]
    [InlineData("principal.manager.manager == principal")]
    [InlineData("principal.manager has manager")]
    [InlineData("principal.manager.hasTag(\"foo\")")]
    [InlineData("(if User::\"alice\" == principal then principal.manager else principal.manager).manager == principal")]
    [InlineData("{foo: principal.manager}.foo.manager == principal")]
    [InlineData("{foo: {foo: {foo: principal.manager}}.foo}.foo.foo.record.attr")]
    [InlineData("principal has manager.manager")]
    [InlineData("principal has record.boss.manager")]
    [InlineData("context has otherUser.manager.manager")]
    [InlineData("{u: principal.manager} has u.manager")]
    [InlineData("principal.record.boss.isAdmin")]
    [InlineData("resource.owner is User in User::\"alice\"")]
    [InlineData("(if principal.manager.isAdmin then principal else principal).isAdmin")]
    [InlineData("{foo: principal, bar: principal.manager.isAdmin}.foo.isAdmin")]
    [InlineData("principal.hasTag(\"a\") && (if principal.manager.isAdmin then true else false)")]
    public void Level_2_follows_two_references(string condition) => NeedsExactly(condition, 2);

    [Theory]
    [InlineData("principal.manager.manager.manager == principal")]
    [InlineData("principal has manager.manager.manager")]
    [InlineData("resource.owner.manager in User::\"alice\"")]
    [InlineData("resource has owner.record.boss.isAdmin")]
    public void Level_3_follows_three_references(string condition) => NeedsExactly(condition, 3);

    [Theory]
    [InlineData("User::\"alice\".isAdmin")]
    [InlineData("User::\"alice\" in User::\"alice\"")]
    [InlineData("User::\"alice\" has manager")]
    [InlineData("{foo: User::\"alice\", bar: principal}.foo.isAdmin")]
    [InlineData("(if context.hasMFA then User::\"alice\" else principal).isAdmin")]
    public void A_literal_is_followed_at_no_level(string condition)
    {
        ValidationError error = Errors(condition, 1_000).ShouldHaveSingleItem();

        error.Kind.ShouldBe(ValidationErrorKind.EntityDerefLevelViolation);
        error.Suggestion.ShouldBe("Start at principal, action, resource or context, or put the entity into one of these.");
        Documents.Validate(Policy(condition)).Errors.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("false && principal.manager.isAdmin")]
    [InlineData("true || principal.manager.isAdmin")]
    [InlineData("if context has hasMFA then true else principal.manager.isAdmin")]
    [InlineData("principal is Document in principal.manager")]
    [InlineData("(if true then context.otherUser else principal.manager) == principal")]
    public void What_is_never_reached_is_not_counted(string condition) => Errors(condition, 0).ShouldBeEmpty();

    [Theory]
    [InlineData("permit(principal, action, resource);", null)]
    [InlineData("permit(principal == User::\"a\", action == Action::\"View\", resource is Document);", null)]
    [InlineData("permit(principal in User::\"a\", action, resource);", 18)]
    [InlineData("permit(principal, action in [Action::\"View\"], resource);", 26)]
    [InlineData("permit(principal, action, resource is Document in Document::\"a\");", 36)]
    public void In_a_scope_follows_one_reference(string policy, int? column)
    {
        Documents.Validate(PolicySet.Parse(policy), level: 0).Errors.Select(error => (int?)error.Position.Column).ShouldBe(column is null ? [] : [column]);
        Documents.Validate(PolicySet.Parse(policy), level: 1).Errors.ShouldBeEmpty();
    }

    [Fact]
    public void A_violation_says_where_how_many_and_what_to_do() =>
        Clinic.WhenViewing("context.urgent && principal.mentor.mentor.name == \"x\"", level: 2).Errors.ShouldHaveSingleItem()
            .ShouldBe(
                ValidationErrorKind.EntityDerefLevelViolation, 2, 26,
                "Validate at level 3 and load that much data, or put what the policy needs nearer to the request.");

    [Theory]
    [InlineData("view, edit", "view")]
    [InlineData("view, edit", "edit")]
    [InlineData("edit, view", "view")]
    [InlineData("edit, view", "edit")]
    public void An_action_literal_may_be_followed_only_where_every_request_has_this_action(string declared, string literal)
    {
        var validator = new Validator(Schema.Parse($"entity User; action all; action {declared} in all appliesTo {{ principal: User, resource: User }};"));
        PolicySet Of(string scope) => PolicySet.Parse($"permit(principal, {scope}, resource) when {{ Action::\"{literal}\" in Action::\"all\" }};");

        validator.Validate(Of("action"), level: 1).Errors.ShouldHaveSingleItem().Kind.ShouldBe(ValidationErrorKind.EntityDerefLevelViolation);
        validator.Validate(Of("action"), level: null).Errors.ShouldBeEmpty();
        foreach (string asked in new[] { "view", "edit" })
        {
            validator.Validate(Of($"action == Action::\"{asked}\""), level: 1).IsValid.ShouldBe(asked == literal);
        }
    }

    [Fact]
    public void A_negative_level_is_refused() =>
        Should.Throw<ArgumentOutOfRangeException>(() => Documents.Validate(PolicySet.Empty, -1)).ParamName.ShouldBe("level");

    private static void NeedsExactly(string condition, int level)
    {
        Errors(condition, level).ShouldBeEmpty();
        Errors(condition, level - 1).ShouldNotBeEmpty();
        Errors(condition, level - 1).ShouldAllBe(error => error.Kind == ValidationErrorKind.EntityDerefLevelViolation);
    }

    private static PolicySet Policy(string condition) => PolicySet.Parse($"permit(principal, action, resource) when {{ {condition} }};");

    private static IReadOnlyList<ValidationError> Errors(string condition, int level) => Documents.Validate(Policy(condition), level).Errors;
}
