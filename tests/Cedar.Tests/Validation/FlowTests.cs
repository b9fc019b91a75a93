namespace AccessGov.Cedar.Tests.Validation;

/// <summary>What the validator knows where: capabilities, types of Booleans, and parts that are never reached.</summary>
public sealed class FlowTests
{
    [Theory]
    [InlineData("principal has age && principal.age > 1", true)]
    [InlineData("principal.age > 1 && principal has age", false)]
    [InlineData("principal has age && context.urgent && principal.age > 1", true)]
    [InlineData("(principal has age && context.urgent) && principal.age > 1", true)]
    [InlineData("(principal has age || context.urgent) && principal.age > 1", false)]
    [InlineData("(principal has age || principal has age) && principal.age > 1", true)]
    [InlineData("(principal has age || (principal has boss && principal has age)) && principal.age > 1", true)]
    [InlineData("principal has age || principal.age > 1", false)]
    [InlineData("!(principal has age) || principal.age > 1", false)]
    [InlineData("if principal has age then principal.age > 1 else false", true)]
    [InlineData("if !(principal has age) then false else principal.age > 1", false)]
    [InlineData("if principal has age then true else principal.age > 1", false)]
    [InlineData("(if principal has age then context.urgent else false) && principal.age > 1", false)]
    [InlineData("(if context.urgent then principal has age else principal has age) && principal.age > 1", true)]
    [InlineData("(if context.urgent then principal has age else principal has boss) && principal.age > 1", false)]
    [InlineData("principal has boss.age && principal.boss.age > 1", true)]
    [InlineData("principal has boss.boss.age && principal.boss.boss.age > principal.boss.mentor.scores", false)]
    [InlineData("principal has boss.boss.age && principal.boss.boss.age > 1", true)]
    [InlineData("principal has boss && principal.boss has age && principal.boss.age > 1", true)]
    [InlineData("principal has boss && principal.boss.age > 1", false)]
    [InlineData("principal.mentor has age && principal.age > 1", false)]
    [InlineData("resource.owner has age && resource.owner.age > 1", true)]
    [InlineData("(if context.urgent then principal else resource.owner) has age && (if context.urgent then principal else resource.owner).age > 1", true)]
    [InlineData("(if context.urgent then principal else resource.owner) has age && (if !context.urgent then principal else resource.owner).age > 1", false)]
    [InlineData("(if 1 != 2 then principal else resource.owner) has age && (if !(1 == 2) then principal else resource.owner).age > 1", true)]
    [InlineData("(if 2 > 1 then principal else resource.owner) has age && (if !(2 <= 1) then principal else resource.owner).age > 1", true)]
    [InlineData("{b: principal, a: 1}.b has age && {a: 1, b: principal}.b.age > 1", true)]
    [InlineData("principal.hasTag(\"a\") && principal.getTag(\"b\") == \"x\"", false)]
    [InlineData("principal.hasTag(\"a\") && principal.hasTag(\"b\") && principal.getTag(\"b\") == \"x\"", true)]
    [InlineData("principal has age && principal.getTag(\"age\") == \"x\"", false)]
    [InlineData("principal.hasTag(\"age\") && principal.age == 1", false)]
    public void A_guard_counts_where_it_must_have_been_true(string condition, bool valid)
    {
        ValidationResult result = Clinic.WhenViewing(condition);

        result.IsValid.ShouldBe(valid, string.Join(Environment.NewLine, result.Errors));
    }

    /// <summary>Two conditions of an <c>if</c> that are written alike but for sugar make the guarded expression the same one.</summary>
    [Theory]
    [InlineData("principal has boss.boss", "principal has boss && principal.boss has boss", true)]
    [InlineData("principal has boss.boss", "principal has boss && principal.boss has mentor", false)]
    [InlineData("principal is Staff in Team::\"t\"", "principal is Staff && principal in Team::\"t\"", true)]
    [InlineData("principal is Staff", "principal is Robot", false)]
    [InlineData("context.urgent && context.urgent && true", "(context.urgent && context.urgent) && true", true)]
    [InlineData("context.urgent || true == false", "context.urgent && true == false", false)]
    [InlineData("1 >= 2", "!(1 < 2)", true)]
    [InlineData("1 >= 2", "!(1 <= 2)", false)]
    [InlineData("principal.name like \"a*\"", "principal.name like \"a*\"", true)]
    [InlineData("principal.name like \"a*\"", "principal.name like \"a\\*\"", false)]
    [InlineData("[1, 2].contains(1)", "[1, 2].contains(1)", true)]
    [InlineData("[1, 2].contains(1)", "[2, 1].contains(1)", false)]
    [InlineData("{a: 1, b: 2} == {a: 1, b: 2}", "{b: 2, a: 1} == {b: 2, a: 1}", true)]
    [InlineData("{a: 1, b: 2} == {a: 1, b: 2}", "{a: 2, b: 1} == {a: 1, b: 2}", false)]
    [InlineData("ip(\"::1\").isIpv4()", "ip(\"::1\").isIpv4()", true)]
    [InlineData("ip(\"::1\").isIpv4()", "ip(\"::1\").isIpv6()", false)]
    [InlineData("(true && false) == context.urgent", "false == context.urgent", true)]
    [InlineData("(true || false) == context.urgent", "false == context.urgent", false)]
    [InlineData("-(1 + 2) == 3", "-(1 + 2) == 3", true)]
    [InlineData("-(1 + 2) == 3", "(1 + 2) == 3", false)]
    public void Alike_is_alike_whatever_the_sugar(string one, string other, bool alike)
    {
        ValidationResult result = Clinic.WhenViewing(
            $"(if {one} then principal else principal.mentor) has age && (if {other} then principal else principal.mentor).age > 1");

        result.IsValid.ShouldBe(alike, string.Join(Environment.NewLine, result.Errors));
    }

    [Theory]
    [InlineData("when { principal has age } when { principal.age > 1 };", true)]
    [InlineData("unless { !(principal has age) } when { principal.age > 1 };", false)]
    [InlineData("unless { principal has age } when { principal.age > 1 };", false)]
    [InlineData("when { principal.age > 1 } when { principal has age };", false)]
    public void Clauses_are_a_chain(string clauses, bool valid) =>
        Clinic.Validate($"permit(principal, action == Action::\"view\", resource) {clauses}").IsValid.ShouldBe(valid);

    [Theory]
    [InlineData("principal is Robot && principal.nothing == 1")]
    [InlineData("principal is Robot && principal is Staff in principal.nothing")]
    [InlineData("principal is Robot in principal.nothing")]
    [InlineData("resource is Folder && 1 + \"a\" == 1")]
    [InlineData("action == Action::\"print\" && context.nothing")]
    [InlineData("action in Action::\"unused\" && context.nothing")]
    [InlineData("action in [Action::\"unused\", Action::\"store\"] && context.nothing")]
    [InlineData("!(action in Action::\"all\") && context.nothing")]
    [InlineData("resource in Team::\"t\" && context.nothing")]
    [InlineData("action in Team::\"t\" && context.nothing")]
    [InlineData("principal == resource && context.nothing")]
    [InlineData("principal has nothing && context.nothing")]
    [InlineData("principal has nothing.more.and.more && context.nothing")]
    [InlineData("action has nothing && context.nothing")]
    [InlineData("resource.hasTag(\"a\") && context.nothing")]
    [InlineData("context has nothing && context.nothing")]
    [InlineData("1 == 2 && context.nothing")]
    [InlineData("1 == \"a\" && context.nothing")]
    [InlineData("(true && false) == true && context.nothing")]
    [InlineData("!(context has urgent) && context.nothing")]
    [InlineData("context has urgent || context.nothing")]
    [InlineData("principal is Staff || context.nothing")]
    [InlineData("if principal is Staff then true else context.nothing")]
    [InlineData("if principal is Robot then context.nothing else true")]
    [InlineData("(false || principal is Robot) && context.nothing")]
    [InlineData("context.urgent && false && context.nothing")]
    [InlineData("principal has age && (principal has age || context.nothing)")]
    [InlineData("principal.hasTag(\"a\") && (principal.hasTag(\"a\") || context.nothing)")]
    public void What_is_never_reached_is_not_checked(string condition) => Clinic.WhenViewing(condition).Errors.ShouldBeEmpty();

    [Theory]
    [InlineData("principal has mentor || context.nothing")]
    [InlineData("principal.home has number || context.nothing")]
    [InlineData("principal in Team::\"t\" || context.nothing")]
    [InlineData("context.urgent == true || context.nothing")]
    [InlineData("(if context.urgent then true else false) || context.nothing")]
    public void What_may_be_reached_is_checked(string condition) =>
        Clinic.WhenViewing(condition).Errors.ShouldHaveSingleItem().Kind.ShouldBe(ValidationErrorKind.UnsafeAttributeAccess);

    [Fact]
    public void A_name_is_checked_where_it_is_never_reached_too() =>
        Clinic.WhenViewing("false && principal is Ghost").Errors.ShouldHaveSingleItem().Kind.ShouldBe(ValidationErrorKind.UnrecognizedEntityType);

    [Fact]
    public void A_policy_is_checked_for_each_type_its_scope_allows()
    {
        const string Body = "when { principal.name == \"x\" };";

        Clinic.Validate($"permit(principal, action == Action::\"store\", resource) {Body}").Errors.ShouldHaveSingleItem().Problem.ShouldContain("`Robot`");
        Clinic.Validate($"permit(principal is Staff, action == Action::\"store\", resource) {Body}").Errors.ShouldBeEmpty();
        Clinic.Validate($"permit(principal == Staff::\"x\", action == Action::\"store\", resource) {Body}").Errors.ShouldBeEmpty();
        Clinic.Validate($"permit(principal, action == Action::\"view\", resource) {Body}").Errors.ShouldBeEmpty();
        Clinic.Validate($"permit(principal, action in Action::\"all\", resource) {Body}").Errors.ShouldBeEmpty();
        Clinic.Validate($"permit(principal, action, resource is Scan) {Body}").Errors.ShouldBeEmpty();
        Clinic.Validate($"permit(principal, action, resource in Folder::\"x\") {Body}").Errors.ShouldHaveSingleItem();
    }

    [Fact]
    public void After_an_error_the_rest_is_checked_with_the_type_that_was_meant()
    {
        ValidationResult result = Clinic.WhenViewing("principal.age == \"x\" && [principal.nmae].contains(1)");

        result.Errors.Select(error => error.Kind).ShouldBe(
        [
            ValidationErrorKind.UnsafeOptionalAttributeAccess, ValidationErrorKind.IncompatibleTypes, ValidationErrorKind.UnsafeAttributeAccess,
        ]);
    }
}
