namespace AccessGov.Cedar.Tests.Validation;

/// <summary>
/// How many references every kind of expression follows, at its exact boundary: valid at the level, refused one below. The expressions are
/// put together from entities that lie a known number of steps away, and from places that use one.
/// </summary>
public sealed class LevelBoundaryTests
{
    private static readonly Validator Validator = new(Schema.Parse("""
        entity Team { lead: User } tags User;
        entity User in [Team] { boss: User, maybe?: User, team: Team, home: { owner: User, deep: { owner: User } }, b: Bool, l: Long, s: String, users: Set<User>, ip: ipaddr } tags User;
        action all;
        action a in [all] appliesTo { principal: [User], resource: [User], context: { user: User, home: { owner: User }, users: Set<User>, b: Bool } };
        """));

    // An entity of the type User, and how many references lead to it.
    private static readonly (string Entity, int Steps)[] Entities =
    [
        ("principal", 0), ("resource", 0), ("context.user", 0), ("context.home.owner", 0), ("context[\"user\"]", 0),
        ("principal.boss", 1), ("context.user.boss", 1), ("principal.home.owner", 1), ("principal.home.deep.owner", 1), ("{x: principal.boss}.x", 1),
        ("{x: {y: principal.boss}}.x.y", 1), ("(if context.b then principal else resource.boss)", 1), ("(if context.b then principal.boss else resource)", 1),
        ("principal.boss.boss", 2), ("principal.team.lead", 2), ("principal.boss.home.owner", 2), ("principal.home.owner.home.deep.owner", 2),
        ("(if context.b then principal.boss.boss else resource)", 2), ("{x: principal.boss, y: resource}.x.boss", 2), ("principal.boss[\"boss\"]", 2),
        ("principal.boss.team.lead", 3), ("context.home.owner.boss.boss.boss", 3), ("(if context.b then principal else resource.boss).boss.boss", 3),
        ("principal.boss.boss.boss.boss", 4), ("principal.team.lead.team.lead", 4),
    ];

    // A use of the entity {0}, and how many references it follows itself.
    [Theory]
    [InlineData("{0} == resource", 0)]
    [InlineData("resource != {0}", 0)]
    [InlineData("{0} is User", 0)]
    [InlineData("[{0}].contains(resource)", 0)]
    [InlineData("context.users.contains({0})", 0)]
    [InlineData("[resource].containsAny([{0}])", 0)]
    [InlineData("{{x: {0}}} == {{x: resource}}", 0)]
    [InlineData("{{x: {0}, y: resource}}.y == resource", 0)]
    [InlineData("!({0} == resource)", 0)]
    [InlineData("context.b && {0} == resource", 0)]
    [InlineData("context.b || {0} == resource", 0)]
    [InlineData("(if {0} == resource then context.b else true)", 0)]
    [InlineData("(if context.b then {0} else resource) == resource", 0)]
    [InlineData("{0}.b", 1)]
    [InlineData("{0}.l < 3", 1)]
    [InlineData("3 - {0}.l == 1", 1)]
    [InlineData("-{0}.l == 1", 1)]
    [InlineData("{0}.s like \"a*\"", 1)]
    [InlineData("{0}.ip.isLoopback()", 1)]
    [InlineData("ip(\"::1\").isInRange({0}.ip)", 1)]
    [InlineData("{0}.users.isEmpty()", 1)]
    [InlineData("{0}.users.contains(resource)", 1)]
    [InlineData("{0}.home == context.home || true", 1, false)]
    [InlineData("{0} has boss", 1)]
    [InlineData("{0} has home.owner", 1)]
    [InlineData("{0} has boss.b", 2)]
    [InlineData("{0} has home.owner.b", 2)]
    [InlineData("{0} has boss.home.owner.b", 3)]
    [InlineData("{0} in Team::\"t\"", 1)]
    [InlineData("{0} in [Team::\"t\", Team::\"u\"]", 1)]
    [InlineData("{0} is User in Team::\"t\"", 1)]
    [InlineData("context.user in {0}", 0, true, 1)]
    [InlineData("context.user in [{0}]", 0, true, 1)]
    [InlineData("context.user is User in {0}", 0, true, 1)]
    [InlineData("{0}.hasTag(\"k\")", 1)]
    [InlineData("{0}.hasTag(\"k\") && {0}.getTag(\"k\") == resource", 1)]
    [InlineData("{0}.hasTag(\"k\") && {0}.getTag(\"k\").b", 2)]
    [InlineData("{0}.hasTag(\"k\") && {0}.getTag(\"k\").boss.b", 3)]
    [InlineData("{0} has maybe && {0}.maybe.b", 2)]
    [InlineData("{0} has maybe.maybe && {0}.maybe.maybe == resource", 2)]
    [InlineData("context.user.hasTag({0}.s)", 1)]
    [InlineData("[{0}.b].contains(true)", 1)]
    [InlineData("{{x: {0}.b}}.x", 1)]
    [InlineData("{{x: {0}.b, y: true}}.y", 1)]
    [InlineData("(if {0}.b then context.user else resource) == resource", 1)]
    [InlineData("(if {0}.b then context.user else resource).b", 1)]
    [InlineData("(if context.b then {0} else resource).b", 1)]
    [InlineData("(if context.b then resource else {0}).boss.b", 2)]
    [InlineData("{{x: {0}, y: resource}}.x.b", 1)]
    [InlineData("{{x: {0}, y: resource}}.y.b", 0, true, 1)]
    public void A_use_of_an_entity_follows_so_many_references_more_than_lead_to_it(string use, int more, bool valid = true, int atLeast = 0)
    {
        foreach ((string entity, int steps) in Entities)
        {
            string condition = string.Format(use, entity);
            if (!valid)
            {
                Errors(condition, level: null).ShouldNotBeEmpty(condition);
                continue;
            }

            int level = Math.Max(steps + more, atLeast);
            Errors(condition, level: null).ShouldBeEmpty(condition);
            Errors(condition, level).ShouldBeEmpty($"{condition} at level {level}");
            if (level > 0)
            {
                IReadOnlyList<ValidationError> errors = Errors(condition, level - 1);
                errors.ShouldNotBeEmpty($"{condition} at level {level - 1}");
                errors.ShouldAllBe(error => error.Kind == ValidationErrorKind.EntityDerefLevelViolation);
                errors.ShouldContain(error => error.Suggestion.StartsWith($"Validate at level {level} ", StringComparison.Ordinal), condition);
            }
        }
    }

    [Theory]
    [InlineData("{0} && {1}")]
    [InlineData("{0} || {1}")]
    [InlineData("({0}) == ({1})")]
    [InlineData("if context.b then {0} else {1}")]
    [InlineData("if {0} then {1} else true")]
    [InlineData("[{0}].contains({1})")]
    [InlineData("{{x: {0}}} == {{x: {1}}}")]
    [InlineData("{{x: {0}, y: {1}}}.x")]
    [InlineData("({0}) != !({1})")]
    public void Of_two_parts_the_deeper_one_counts(string form)
    {
        string[] parts = ["context.b", "principal.b", "resource.boss.b", "principal.boss.boss.b"];
        for (int left = 0; left < parts.Length; left++)
        {
            for (int right = 0; right < parts.Length; right++)
            {
                string condition = string.Format(form, parts[left], parts[right]);
                int level = Math.Max(left, right);

                Errors(condition, level).ShouldBeEmpty(condition);
                (level == 0 || Errors(condition, level - 1).Count > 0).ShouldBeTrue(condition);
            }
        }
    }

    [Theory]
    [InlineData("principal.b", "This follows 1 reference in a row; the level allows 0.", 0)]
    [InlineData("principal.boss.b", "This follows 2 references in a row; the level allows 1.", 1)]
    [InlineData("principal.boss.boss in Team::\"t\"", "This follows 3 references in a row; the level allows 2.", 2)]
    [InlineData("User::\"u\".b", "Level validation allows no reference to be followed from the literal User::\"u\".", 9)]
    [InlineData("(if context.b then principal else User::\"u\").boss.b", "Level validation allows no reference to be followed from the literal User::\"u\".", 9)]
    [InlineData("{x: User::\"u\"}.x.b", "Level validation allows no reference to be followed from the literal User::\"u\".", 9)]
    [InlineData("User::\"u\" in Team::\"t\"", "Level validation allows no reference to be followed from the literal User::\"u\".", 9)]
    [InlineData("User::\"u\".hasTag(\"k\")", "Level validation allows no reference to be followed from the literal User::\"u\".", 9)]
    public void A_violation_says_how_many_references_are_followed_and_how_many_are_allowed(string condition, string problem, int level) =>
        Errors(condition, level).ShouldHaveSingleItem().Problem.ShouldBe(problem);

    [Theory]
    [InlineData("permit(principal in Team::\"t\", action, resource);", "`principal in` follows 1 reference in a row; the level allows 0.")]
    [InlineData("permit(principal is User in Team::\"t\", action, resource);", "`principal in` follows 1 reference in a row; the level allows 0.")]
    [InlineData("permit(principal, action in Action::\"all\", resource);", "`action in` follows 1 reference in a row; the level allows 0.")]
    [InlineData("permit(principal, action, resource in Team::\"t\");", "`resource in` follows 1 reference in a row; the level allows 0.")]
    public void An_in_of_the_scope_follows_one_reference(string policy, string problem)
    {
        Validator.Validate(PolicySet.Parse(policy), level: 0).Errors.ShouldHaveSingleItem().Problem.ShouldBe(problem);
        Validator.Validate(PolicySet.Parse(policy), level: 1).Errors.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("action in Action::\"all\"", 1)]
    [InlineData("action == Action::\"a\"", 0)]
    [InlineData("Action::\"a\" in Action::\"all\"", 1)]
    public void The_action_of_the_request_is_a_reference_as_others_are(string condition, int level)
    {
        Errors(condition, level).ShouldBeEmpty();
        (level == 0 || Errors(condition, level - 1).Count == 1).ShouldBeTrue();
    }

    [Fact]
    public void An_action_that_is_not_the_one_of_the_request_is_a_literal_as_others_are() =>
        Errors("Action::\"all\" in Action::\"all\"", 9).ShouldHaveSingleItem().Problem
            .ShouldBe("Level validation allows no reference to be followed from the literal Action::\"all\".");

    [Fact]
    public void A_policy_with_another_error_has_no_violations_besides() =>
        Errors("principal.boss.boss.b && principal.nothing", 0).Select(error => error.Kind).ShouldBe([ValidationErrorKind.UnsafeAttributeAccess]);

    private static IReadOnlyList<ValidationError> Errors(string condition, int? level) =>
        Validator.Validate(PolicySet.Parse($"permit(principal, action, resource) when {{ {condition} }};"), level).Errors;
}
