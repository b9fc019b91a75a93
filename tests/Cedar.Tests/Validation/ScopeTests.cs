namespace AccessGov.Cedar.Tests.Validation;

/// <summary>Which kinds of requests a scope leaves, and when it leaves none.</summary>
public sealed class ScopeTests
{
    private static readonly Validator Validator = new(Schema.Parse("""
        entity Org;
        entity Dept in [Org];
        entity Team in [Dept, Team];
        entity User in [Team] { user: Long };
        entity Bot in [Org] { bot: Long };
        entity Colour enum ["red", "blue"];
        entity Doc in [Folder] { doc: Long };
        entity Folder in [Folder, Dept] { folder: Long };
        action all;
        action read in [all] appliesTo { principal: [User, Bot], resource: [Doc, Folder], context: { read: Long } };
        action write in [all] appliesTo { principal: [User], resource: [Doc], context: { write: Long } };
        action paint appliesTo { principal: [User], resource: [Colour], context: { paint: Long } };
        action group;
        """));

    /// <summary>
    /// Every kind of request that a scope leaves is checked: an attribute that its principal, resource or context lacks is then an error. So
    /// the attributes that may be read tell which are left.
    /// </summary>
    [Theory]
    [InlineData("principal, action, resource", "")]
    [InlineData("principal is User, action, resource", "principal.user")]
    [InlineData("principal == User::\"u\", action, resource", "principal.user")]
    [InlineData("principal is Bot, action, resource", "principal.bot context.read")]
    [InlineData("principal == Bot::\"b\", action, resource", "principal.bot context.read")]
    [InlineData("principal in Team::\"t\", action, resource", "principal.user")]
    [InlineData("principal in Dept::\"d\", action, resource", "principal.user")]
    [InlineData("principal in User::\"u\", action, resource", "principal.user")]
    [InlineData("principal in Org::\"o\", action, resource", "")]
    [InlineData("principal is Bot in Org::\"o\", action, resource", "principal.bot context.read")]
    [InlineData("principal is User in Org::\"o\", action, resource", "principal.user")]
    [InlineData("principal, action == Action::\"read\", resource", "context.read")]
    [InlineData("principal, action == Action::\"write\", resource", "principal.user resource.doc context.write")]
    [InlineData("principal, action == Action::\"paint\", resource", "principal.user context.paint")]
    [InlineData("principal, action in Action::\"all\", resource", "")]
    [InlineData("principal, action in Action::\"read\", resource", "context.read")]
    [InlineData("principal, action in [Action::\"write\", Action::\"group\"], resource", "principal.user resource.doc context.write")]
    [InlineData("principal, action in [Action::\"write\", Action::\"paint\"], resource", "principal.user")]
    [InlineData("principal, action, resource is Doc", "resource.doc")]
    [InlineData("principal, action, resource == Doc::\"d\"", "resource.doc")]
    [InlineData("principal, action, resource is Folder", "resource.folder context.read")]
    [InlineData("principal, action, resource == Colour::\"red\"", "principal.user context.paint")]
    [InlineData("principal, action, resource in Colour::\"red\"", "principal.user context.paint")]
    [InlineData("principal, action, resource in Folder::\"f\"", "")]
    [InlineData("principal, action, resource in Doc::\"d\"", "resource.doc")]
    [InlineData("principal, action, resource is Doc in Folder::\"f\"", "resource.doc")]
    [InlineData("principal, action, resource is Folder in Dept::\"d\"", "resource.folder context.read")]
    [InlineData("principal, action, resource is Doc in Org::\"o\"", "resource.doc")]
    [InlineData("principal is Bot, action in Action::\"all\", resource in Dept::\"d\"", "principal.bot context.read")]
    [InlineData("principal is Bot, action, resource is Doc", "principal.bot resource.doc context.read")]
    [InlineData("principal in Dept::\"d\", action == Action::\"read\", resource is Folder in Org::\"o\"", "principal.user resource.folder context.read")]
    public void A_scope_leaves_these_requests(string scope, string readable)
    {
        string[] attributes = ["principal.user", "principal.bot", "resource.doc", "resource.folder", "context.read", "context.write", "context.paint"];

        string[] found = [.. attributes.Where(attribute => Validate($"permit({scope}) when {{ {attribute} > 0 }};").IsValid)];

        string.Join(' ', found).ShouldBe(readable);
        Validate($"permit({scope});").Errors.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("principal is Org, action, resource", "Action::\"read\", for one, applies to principals of `Bot`, `User` and resources of `Doc`, `Folder`.")]
    [InlineData("principal is Bot, action == Action::\"write\", resource", "Action::\"write\", for one, applies to principals of `User` and resources of `Doc`.")]
    [InlineData("principal is Bot, action, resource is Colour", "Action::\"read\", for one, applies to principals of `Bot`, `User` and resources of `Doc`, `Folder`.")]
    [InlineData("principal is Bot in Team::\"t\", action, resource", "Action::\"read\", for one, applies to principals of `Bot`, `User` and resources of `Doc`, `Folder`.")]
    [InlineData("principal in Folder::\"f\", action, resource", "Action::\"read\", for one, applies to principals of `Bot`, `User` and resources of `Doc`, `Folder`.")]
    [InlineData("principal, action, resource is User", "Action::\"read\", for one, applies to principals of `Bot`, `User` and resources of `Doc`, `Folder`.")]
    [InlineData("principal, action == Action::\"write\", resource is Folder", "Action::\"write\", for one, applies to principals of `User` and resources of `Doc`.")]
    [InlineData("principal, action == Action::\"paint\", resource in Folder::\"f\"", "Action::\"paint\", for one, applies to principals of `User` and resources of `Colour`.")]
    [InlineData("principal, action in [Action::\"write\", Action::\"paint\"], resource is Folder", "Action::\"write\", for one, applies to principals of `User` and resources of `Doc`.")]
    [InlineData("principal == Team::\"t\", action, resource", "Write `in` instead of `==` for the principal.")]
    [InlineData("principal == Org::\"o\", action == Action::\"read\", resource", "Write `in` instead of `==` for the principal.")]
    [InlineData("principal == User::\"u\", action, resource == Dept::\"d\"", "Write `in` instead of `==` for the resource.")]
    [InlineData("principal == Dept::\"d\", action, resource == Dept::\"d\"", "Write `in` instead of `==` for the principal and the resource.")]
    [InlineData("principal, action == Action::\"write\", resource == Folder::\"f\"", "Write `in` instead of `==` for the resource.")]
    [InlineData("principal, action == Action::\"group\", resource", "Name an action that applies to something; the schema gives these no `appliesTo`.")]
    [InlineData("principal, action == Action::\"all\", resource", "Name an action that applies to something; the schema gives these no `appliesTo`.")]
    [InlineData("principal, action in Action::\"group\", resource", "Name an action that applies to something; the schema gives these no `appliesTo`.")]
    [InlineData("principal, action in [Action::\"group\", Action::\"group\"], resource", "Name an action that applies to something; the schema gives these no `appliesTo`.")]
    public void A_scope_that_leaves_no_request_is_an_error_that_says_what_would_leave_some(string scope, string suggestion)
    {
        ValidationResult result = Validate($"forbid({scope});");

        ValidationError error = result.Errors.ShouldHaveSingleItem();
        (error.Kind, error.Position.Line, error.Position.Column).ShouldBe((ValidationErrorKind.InvalidActionApplication, 1, 1));
        error.Problem.ShouldBe("No action of this scope applies to a principal and a resource of this scope.");
        error.Suggestion.ShouldBe(suggestion);
        result.Warnings.ShouldHaveSingleItem().Kind.ShouldBe(ValidationWarningKind.ImpossiblePolicy);
    }

    [Theory]
    [InlineData("permit(principal is Usr, action, resource);", 21)]
    [InlineData("permit(principal\n  is\n  Usr, action, resource);", 3, 3)]
    [InlineData("permit(principal is Usr in Team::\"is in Usr\", action, resource);", 21)]
    [InlineData("permit(principal is User in Temx::\"Team::\\\"t\\\"\", action, resource);", 29)]
    [InlineData("permit(principal in // Team::\"t\"\n  Temx::\"t\", action, resource);", 3, 2)]
    [InlineData("permit(principal in A :: B ::\"t\", action, resource);", 21)]
    [InlineData("@is(\"principal is Usr\")\npermit(principal is Usr, action, resource);", 21, 2)]
    [InlineData("permit(principal, action in [Action::\"read\", Action::\"write\",\n Action::\"Action\"], resource);", 2, 2)]
    [InlineData("permit(principal, action, resource is Dok);", 39)]
    [InlineData("permit(principal, action, resource is Doc in Foldr::\"f\") when { true };", 46)]
    public void A_name_in_a_scope_is_found_where_it_stands(string policy, int column, int line = 1)
    {
        ValidationError error = Validate(policy).Errors[0];

        (error.Position.Line, error.Position.Column).ShouldBe((line, column), error.Message);
        error.Kind.ShouldBe(policy.Contains("\"Action\"", StringComparison.Ordinal) ? ValidationErrorKind.UnrecognizedActionId : ValidationErrorKind.UnrecognizedEntityType);
    }

    [Theory]
    [InlineData("permit(principal == Ghost::\"g\", action, resource) when { context.nothing };", "UnrecognizedEntityType InvalidActionApplication UnsafeAttributeAccess")]
    [InlineData("permit(principal is Ghost, action, resource) when { context.nothing };", "UnrecognizedEntityType InvalidActionApplication")]
    [InlineData("permit(principal, action == Action::\"ghost\", resource) when { context.nothing };", "UnrecognizedActionId InvalidActionApplication")]
    [InlineData("permit(principal, action in [Action::\"ghost\", Action::\"read\"], resource) when { context.nothing };", "UnrecognizedActionId InvalidActionApplication UnsafeAttributeAccess")]
    [InlineData("permit(principal, action, resource == Colour::\"green\") when { context.nothing };", "InvalidEnumEntity UnsafeAttributeAccess")]
    public void What_is_not_declared_hides_as_little_as_possible_of_the_rest(string policy, string kinds) =>
        string.Join(' ', Validate(policy).Errors.Select(error => error.Kind).Distinct()).ShouldBe(kinds);

    [Theory]
    [InlineData("principal, action == Action::\"raed\", resource", "no action Action::\"raed\"", "Did you mean Action::\"read\"?", true)]
    [InlineData("principal, action in [Action::\"read\", Action::\"raed\"], resource", "no action Action::\"raed\"", "Did you mean Action::\"read\"?", false)]
    [InlineData("principal is Usr, action == Action::\"raed\", resource", "no entity type `Usr`", "Did you mean `User`?", true)]
    [InlineData("principal, action, resource in Foldr::\"f\"", "no entity type `Foldr`", "Did you mean `Folder`?", false)]
    public void What_follows_from_a_misspelled_name_says_so_and_repeats_the_name_that_was_meant(string scope, string undeclared, string suggestion, bool impossible)
    {
        ValidationResult result = Validate($"permit({scope});");

        ValidationError application = result.Errors.Single(error => error.Kind == ValidationErrorKind.InvalidActionApplication);
        application.Problem.ShouldBe($"No action of this scope applies to a principal and a resource of this scope, because the schema declares {undeclared}.");
        application.Suggestion.ShouldBe(suggestion);
        result.Errors[0].Suggestion.ShouldBe(suggestion);
        result.Warnings.Select(warning => (warning.Kind, warning.Problem, warning.Suggestion)).ShouldBe(impossible
            ? [(ValidationWarningKind.ImpossiblePolicy, $"This policy is false for every request that the schema allows, because the schema declares {undeclared}.", suggestion)]
            : []);
    }

    [Fact]
    public void A_schema_without_actions_allows_no_request_at_all()
    {
        var validator = new Validator(Schema.Parse("entity U;"));

        ValidationError error = validator.Validate(PolicySet.Parse("permit(principal, action, resource);")).Errors.ShouldHaveSingleItem();

        error.Suggestion.ShouldBe("Name an action that applies to something; the schema gives these no `appliesTo`.");
        validator.Validate(PolicySet.Empty).IsValid.ShouldBeTrue();
        validator.Validate(PolicySet.Parse("permit(principal == X::\"x\", action == Action::\"a\", resource);")).Errors.Select(found => found.Suggestion).ShouldBe(
            ["It declares `U`.", "It declares none at all.", "It declares `U`."]);
        new Validator(Schema.Parse("")).Validate(PolicySet.Parse("permit(principal is X, action, resource);")).Errors[0].Suggestion.ShouldBe("It declares none at all.");
    }

    private static ValidationResult Validate(string policies) => Validator.Validate(PolicySet.Parse(policies));
}
