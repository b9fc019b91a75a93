namespace AccessGov.Cedar.Tests.Validation;

public sealed class TemplateValidationTests
{
    [Theory]
    [InlineData("permit(principal == ?principal, action, resource);")]
    [InlineData("permit(principal in ?principal, action, resource in ?resource);")]
    [InlineData("permit(principal == ?principal, action == Action::\"view\", resource == ?resource) when { principal.name == resource.owner.name };")]
    [InlineData("permit(principal is Staff in ?principal, action, resource) when { principal.name == \"a\" };")]
    [InlineData("permit(principal in ?principal, action in Action::\"all\", resource) when { principal.name == \"a\" };")]
    public void A_slot_holds_whatever_the_scope_allows(string template)
    {
        ValidationResult result = Clinic.Validate(template);

        result.Errors.ShouldBeEmpty();
        result.Warnings.ShouldBeEmpty();
    }

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

    [Theory]
    [InlineData("permit(principal in ?principal, action, resource);", "Team::\"t\"", null, 0)]
    [InlineData("permit(principal == ?principal, action, resource);", "Staff::\"t\"", null, 0)]
    [InlineData("permit(principal is Staff in ?principal, action, resource);", "Staff::\"t\"", null, 0)]
    [InlineData("permit(principal == ?principal, action == Action::\"view\", resource);", "Team::\"t\"", ValidationErrorKind.InvalidActionApplication, 1)]
    [InlineData("permit(principal in ?principal, action == Action::\"view\", resource);", "Folder::\"f\"", ValidationErrorKind.InvalidActionApplication, 1)]
    [InlineData("permit(principal in ?principal, action == Action::\"view\", resource);", "Ghost::\"f\"", ValidationErrorKind.UnrecognizedEntityType, 18)]
    [InlineData("permit(principal is Staff in ?principal, action == Action::\"view\", resource);", "Shade::\"f\"", ValidationErrorKind.InvalidEnumEntity, 18)]
    [InlineData("permit(principal == ?principal, action, resource) when { principal.name == \"x\" };", "Robot::\"t\"", ValidationErrorKind.UnsafeAttributeAccess, 58)]
    public void A_link_is_validated_like_the_policy_it_stands_for(string template, string principal, ValidationErrorKind? kind, int column)
    {
        PolicyTree tree = PolicySet.Parse(template, "rules.cedar").Policies[0].Tree;
        var link = new Policy("link", tree with { Principal = tree.Principal with { Entity = EntityUid.Parse(principal), HasSlot = false } });

        ValidationResult result = Clinic.Validator.Validate(link);

        if (kind is null)
        {
            result.Errors.ShouldBeEmpty();
            return;
        }

        (result.Errors[0].Kind, result.Errors[0].Policy.Id, result.Errors[0].Position.Column).ShouldBe((kind.Value, "link", column));
    }
}
