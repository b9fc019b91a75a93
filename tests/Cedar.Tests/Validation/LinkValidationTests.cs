namespace AccessGov.Cedar.Tests.Validation;

/// <summary>Templates and their links: a template for whatever its slots may hold, a link for what they hold.</summary>
public sealed class LinkValidationTests
{
    [Theory]
    [InlineData("principal == ?principal, action == Action::\"view\", resource", "Staff::\"s\"", null)]
    [InlineData("principal == ?principal, action, resource", "Robot::\"r\"", null)]
    [InlineData("principal in ?principal, action == Action::\"view\", resource", "Team::\"t\"", null)]
    [InlineData("principal in ?principal, action == Action::\"view\", resource", "Department::\"d\"", null)]
    [InlineData("principal in ?principal, action == Action::\"view\", resource", "Staff::\"s\"", null)]
    [InlineData("principal is Staff in ?principal, action == Action::\"view\", resource", "Department::\"d\"", null)]
    [InlineData("principal == ?principal, action == Action::\"view\", resource", "Robot::\"r\"", "1:1 InvalidActionApplication")]
    [InlineData("principal == ?principal, action == Action::\"view\", resource", "Team::\"t\"", "1:1 InvalidActionApplication")]
    [InlineData("principal in ?principal, action == Action::\"view\", resource", "Robot::\"r\"", "1:1 InvalidActionApplication")]
    [InlineData("principal in ?principal, action == Action::\"view\", resource", "Scan::\"s\"", "1:1 InvalidActionApplication")]
    [InlineData("principal is Staff in ?principal, action == Action::\"view\", resource", "Robot::\"r\"", "1:1 InvalidActionApplication")]
    [InlineData("principal == ?principal, action == Action::\"view\", resource", "Ghost::\"g\"", "1:18 UnrecognizedEntityType, 1:1 InvalidActionApplication")]
    [InlineData("principal in ?principal, action == Action::\"view\", resource", "Ghost::\"g\"", "1:18 UnrecognizedEntityType, 1:1 InvalidActionApplication")]
    [InlineData("principal == ?principal, action, resource", "Shade::\"grey\"", "1:18 InvalidEnumEntity, 1:1 InvalidActionApplication")]
    [InlineData("principal == ?principal, action, resource", "Shade::\"dark\"", "1:1 InvalidActionApplication")]
    [InlineData("principal == ?principal, action, resource", "Action::\"view\"", "1:1 InvalidActionApplication")]
    public void A_link_is_checked_with_the_entity_it_fills_in(string scope, string principal, string? errors)
    {
        PolicySet set = PolicySet.Parse($"permit({scope});", "rules.cedar");

        Clinic.Validator.Validate(set).Errors.ShouldBeEmpty();
        ValidationResult result = Clinic.Validator.Validate(set.Link("policy0", "linked", EntityUid.Parse(principal)));

        Kinds(result).ShouldBe(errors ?? "");
        result.Errors.ShouldAllBe(error => error.Policy.Id == "linked" && error.Message.Contains("policy `linked`: ", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("resource == ?resource", "Scan::\"s\"", "")]
    [InlineData("resource in ?resource", "Folder::\"f\"", "")]
    [InlineData("resource is Scan in ?resource", "Folder::\"f\"", "")]
    [InlineData("resource == ?resource", "Folder::\"f\"", "1:1 InvalidActionApplication")]
    [InlineData("resource in ?resource", "Team::\"t\"", "1:1 InvalidActionApplication")]
    [InlineData("resource is Scan in ?resource", "Ghost::\"g\"", "1:54 UnrecognizedEntityType, 1:1 InvalidActionApplication")]
    public void The_slot_of_the_resource_is_checked_like_the_one_of_the_principal(string scope, string resource, string errors)
    {
        PolicySet set = PolicySet.Parse($"permit(principal, action == Action::\"view\", {scope});", "rules.cedar");

        Kinds(Clinic.Validator.Validate(set.Link("policy0", "linked", resource: EntityUid.Parse(resource)))).ShouldBe(errors);
    }

    [Theory]
    [InlineData("principal == ?principal, action == Action::\"store\", resource", "Staff::\"s\"", "principal.name == \"x\"", true)]
    [InlineData("principal == ?principal, action == Action::\"store\", resource", "Robot::\"r\"", "principal.name == \"x\"", false)]
    [InlineData("principal == ?principal, action == Action::\"store\", resource", "Robot::\"r\"", "principal is Staff && principal.name == \"x\"", true)]
    [InlineData("principal in ?principal, action == Action::\"store\", resource", "Team::\"t\"", "principal.name == \"x\"", false)]
    [InlineData("principal in ?principal, action == Action::\"store\", resource", "Staff::\"s\"", "principal.name == \"x\"", true)]
    [InlineData("principal is Staff in ?principal, action == Action::\"store\", resource", "Team::\"t\"", "principal.name == \"x\"", true)]
    [InlineData("principal == ?principal, action, resource", "Robot::\"r\"", "context.wait == duration(\"1h\")", false)]
    [InlineData("principal == ?principal, action == Action::\"view\", resource", "Staff::\"s\"", "principal.age == 1", false)]
    [InlineData("principal == ?principal, action == Action::\"view\", resource", "Staff::\"s\"", "principal has age && principal.age == 1", true)]
    public void The_conditions_of_a_link_are_checked_for_the_types_that_its_entity_leaves(string scope, string principal, string condition, bool valid)
    {
        PolicySet set = PolicySet.Parse($"permit({scope}) when {{ {condition} }};").Link("policy0", "linked", EntityUid.Parse(principal));

        Clinic.Validator.Validate(set.Find("linked")!).IsValid.ShouldBe(valid);
    }

    [Fact]
    public void A_template_that_some_link_could_break_is_refused_though_each_of_its_links_is_right()
    {
        PolicySet set = PolicySet.Parse("permit(principal in ?principal, action == Action::\"store\", resource) when { principal.name == \"x\" };")
            .Link("policy0", "staff", new EntityUid("Staff", "s"));

        ValidationResult result = Clinic.Validator.Validate(set);

        result.Errors.ShouldHaveSingleItem().Policy.Id.ShouldBe("policy0");
        result.Errors[0].Problem.ShouldBe("There is no attribute `principal.name` (entity type `Robot`).");
    }

    [Fact]
    public void The_findings_of_templates_and_links_come_in_the_order_of_the_set()
    {
        PolicySet set = PolicySet.Parse(
            "permit(principal == ?principal, action == Action::\"view\", resource) when { principal.age == 1 };\nforbid(principal is Ghost, action, resource);")
            .Link("policy0", "one", new EntityUid("Staff", "s"))
            .Link("policy0", "two", new EntityUid("Robot", "r"));

        Clinic.Validator.Validate(set).Errors.Select(error => $"{error.Policy.Id} {error.Kind}").ShouldBe(
        [
            "policy0 UnsafeOptionalAttributeAccess", "policy1 UnrecognizedEntityType", "policy1 InvalidActionApplication",
            "one UnsafeOptionalAttributeAccess", "two InvalidActionApplication",
        ]);
    }

    [Theory]
    [InlineData("principal == ?principal, action, resource", 0)]
    [InlineData("principal in ?principal, action, resource", 1)]
    [InlineData("principal is Staff in ?principal, action, resource", 1)]
    public void A_link_follows_as_many_references_as_its_template(string scope, int level)
    {
        PolicySet set = PolicySet.Parse($"permit({scope});").Link("policy0", "linked", new EntityUid("Staff", "s"));

        Clinic.Validator.Validate(set, level).Errors.ShouldBeEmpty();
        if (level > 0)
        {
            Clinic.Validator.Validate(set, level - 1).Errors.Select(error => (error.Policy.Id, error.Kind)).ShouldBe(
                [("policy0", ValidationErrorKind.EntityDerefLevelViolation), ("linked", ValidationErrorKind.EntityDerefLevelViolation)]);
        }
    }

    [Fact]
    public void An_odd_id_that_a_link_fills_in_is_warned_of()
    {
        PolicySet set = PolicySet.Parse("permit(principal == ?principal, action, resource);").Link("policy0", "linked", new EntityUid("Staff", "ad\u202Ea"));

        ValidationWarning warning = Clinic.Validator.Validate(set).Warnings.ShouldHaveSingleItem();

        (warning.Kind, warning.Policy.Id, warning.Position.Column).ShouldBe((ValidationWarningKind.BidiCharsInIdentifier, "linked", 18));
    }

    private static string Kinds(ValidationResult result) =>
        string.Join(", ", result.Errors.Select(error => $"{error.Position.Line}:{error.Position.Column} {error.Kind}"));
}
