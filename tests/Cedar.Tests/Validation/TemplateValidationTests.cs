namespace AccessGov.Cedar.Tests.Validation;

public sealed class TemplateValidationTests
{
    [Theory]
    [InlineData("permit(principal == ?principal, action, resource);")]
    [InlineData("permit(principal in ?principal, action, resource in ?resource);")]
    [InlineData("permit(principal == ?principal, action == Action::\"view\", resource == ?resource) when { principal.name == resource.owner.name };")]
    [InlineData("permit(principal is Staff in ?principal, action, resource) when { principal.name == \"a\" };")]
    [InlineData("permit(principal in ?principal, action in Action::\"all\", resource) when { principal.name == \"a\" };")]
    public void A_slot_holds_whatever_the_scope_allows(string template) => Clinic.Validate(template).Errors.ShouldBeEmpty();

    [Theory]
    [InlineData("permit(principal in ?principal, action, resource) when { principal.name == \"a\" };", ValidationErrorKind.UnsafeAttributeAccess)]
    [InlineData("permit(principal is Scan in ?principal, action, resource);", ValidationErrorKind.InvalidActionApplication)]
    [InlineData("permit(principal is Ghost in ?principal, action, resource);", ValidationErrorKind.UnrecognizedEntityType)]
    [InlineData("permit(principal == ?principal, action == Action::\"view\", resource) when { principal.age > 1 };", ValidationErrorKind.UnsafeOptionalAttributeAccess)]
    public void A_template_has_the_errors_its_links_would_have(string template, ValidationErrorKind kind) =>
        Clinic.Validate(template).Errors[0].Kind.ShouldBe(kind);

    [Fact]
    public void A_slot_follows_a_reference_when_it_is_in() =>
        Clinic.Validate("permit(principal in ?principal, action, resource == ?resource);", level: 0).Errors.ShouldHaveSingleItem()
            .ShouldBe(ValidationErrorKind.EntityDerefLevelViolation, 1, 18, "Validate at level 1, or compare with `==`.");
}
