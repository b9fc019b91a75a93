using static AccessGov.Cedar.ValidationErrorKind;

namespace AccessGov.Cedar.Tests.Validation;

/// <summary>Each kind of error: where it is found, what would be right, and the same thing done right.</summary>
public sealed class ErrorKindTests
{
    [Theory]
    [InlineData("principal == Staf::\"ada\"", UnrecognizedEntityType, 21, "Did you mean `Staff`?")]
    [InlineData("principal is staff", UnrecognizedEntityType, 8, "Did you mean `Staff`?")]
    [InlineData("principal is Hospital::Staff", UnrecognizedEntityType, 8, "Did you mean `Staff`?")]
    [InlineData("principal in Zebra::\"z\"", UnrecognizedEntityType, 21, "It declares `Department`, `Folder`, `Robot`, `Scan`, `Shade`, `Staff`, `Team`.")]
    [InlineData("action == Action::\"vew\"", UnrecognizedActionId, 18, "Did you mean Action::\"view\"?")]
    [InlineData("action == Clinic::Action::\"view\"", UnrecognizedActionId, 18, "Did you mean Action::\"view\"?")]
    [InlineData("action in [Action::\"view\", Action::\"elephant\"]", UnrecognizedActionId, 35, "It declares `Action::\"all\"`, `Action::\"print\"`, `Action::\"read\"`, `Action::\"store\"`, `Action::\"unused\"`, `Action::\"view\"`.")]
    [InlineData("resource.shade == Shade::\"drak\"", InvalidEnumEntity, 26, "Did you mean Shade::\"dark\"?")]
    [InlineData("resource.shade == Shade::\"purple\"", InvalidEnumEntity, 26, "There are `\"dark\"`, `\"light\"`.")]
    [InlineData("principal.name < 3", UnexpectedType, 8, "Give a Long here.")]
    [InlineData("3 < principal.name", UnexpectedType, 12, "Give a Long here.")]
    [InlineData("principal.hired < context.wait", UnexpectedType, 26, "Give a datetime here.")]
    [InlineData("principal.rating < principal.rating", UnexpectedType, 8, "Decimals are compared with `.lessThan()`, `.lessThanOrEqual()`, `.greaterThan()` and `.greaterThanOrEqual()`.")]
    [InlineData("principal.name + \"x\" == \"x\"", UnexpectedType, 8, "Cedar has no concatenation of strings; put the whole string into the data.")]
    [InlineData("1 + principal.scores == 2", UnexpectedType, 12, "Cedar has no union or difference of sets; use `contains`, `containsAll` or `containsAny`.")]
    [InlineData("1 + principal.hired == 2", UnexpectedType, 12, "Add a duration with `.offset()`, subtract datetimes with `.durationSince()`.")]
    [InlineData("principal.name", UnexpectedType, 8, "Give a Bool here.")]
    [InlineData("!principal.name", UnexpectedType, 9, "Give a Bool here.")]
    [InlineData("context.urgent && 1", UnexpectedType, 26, "Give a Bool here.")]
    [InlineData("context.urgent || 1", UnexpectedType, 26, "Give a Bool here.")]
    [InlineData("if principal.name then true else false", UnexpectedType, 11, "Give a Bool here.")]
    [InlineData("-principal.name == 1", UnexpectedType, 9, "Give a Long here.")]
    [InlineData("principal like \"a*\"", UnexpectedType, 8, "To test the type of an entity use `is`, to compare entities `==` or `in`.")]
    [InlineData("principal.name is Staff", UnexpectedType, 8, "Cedar tests the type of entities only.")]
    [InlineData("principal.name in principal.teams", UnexpectedType, 8, "To ask whether a value is in a set write `set.contains(value)`.")]
    [InlineData("principal in principal.scores", UnexpectedType, 21, "To ask whether a value is in a set write `set.contains(value)`.")]
    [InlineData("principal in principal.name", UnexpectedType, 21, "To look into a string use `like`.")]
    [InlineData("principal.contains(principal)", UnexpectedType, 8, "Membership of an entity in another one is asked with `in`.")]
    [InlineData("principal.home.contains(\"street\")", UnexpectedType, 8, "Whether a record has an attribute is asked with `has`.")]
    [InlineData("principal.name.contains(\"a\")", UnexpectedType, 8, "To look into a string use `like`.")]
    [InlineData("principal.scores.containsAll(1)", UnexpectedType, 37, "To ask for a single element use `contains`.")]
    [InlineData("principal.name.isEmpty()", UnexpectedType, 8, "To ask whether a string is empty compare it with `== \"\"`.")]
    [InlineData("principal.teams has name", UnexpectedType, 8, "Whether a value is in a set is asked with `contains`.")]
    [InlineData("principal has home.street.length", UnexpectedType, 8, "End the path before `.length`.")]
    [InlineData("principal.name.first == \"a\"", UnexpectedType, 8, "Give an entity or a record here.")]
    [InlineData("principal.hasTag(1)", UnexpectedType, 25, "Give a String here.")]
    [InlineData("principal.name.hasTag(\"a\")", UnexpectedType, 8, "Give an entity here.")]
    [InlineData("principal.hired.offset(principal.hired) == principal.hired", UnexpectedType, 31, "Give a duration here.")]
    [InlineData("principal.name == 1", IncompatibleTypes, 8, "Make both String or both Long.")]
    [InlineData("principal.scores.contains(\"a\")", IncompatibleTypes, 8, "Make both Long or both String.")]
    [InlineData("principal.scores.containsAny([\"a\"])", IncompatibleTypes, 8, "Make both Long or both String.")]
    [InlineData("[1, \"a\"].contains(1)", IncompatibleTypes, 8, "Make both Long or both String.")]
    [InlineData("[principal, resource].contains(principal)", IncompatibleTypes, 8, "Entities of different types are never equal; test the type with `is` first.")]
    [InlineData("(if context.urgent then 1 else \"a\") == 1", IncompatibleTypes, 9, "Make both Long or both String.")]
    [InlineData("principal.home == {street: \"a\"}", IncompatibleTypes, 8, "Records go together when they have the same attributes.")]
    [InlineData("principal.home == {street: \"a\", number: 1}", IncompatibleTypes, 8, "The attributes of the records must have the same types and be optional in both or in neither.")]
    [InlineData("principal.nmae == \"ada\"", UnsafeAttributeAccess, 8, "Did you mean `name`?")]
    [InlineData("principal.home.city == \"Bern\"", UnsafeAttributeAccess, 8, "There are `number`, `street`.")]
    [InlineData("context.urgnt", UnsafeAttributeAccess, 8, "Did you mean `urgent`?")]
    [InlineData("action.name == \"view\"", UnsafeAttributeAccess, 8, "It has no attributes at all; declare the attribute in the schema.")]
    [InlineData("principal.age > 3", UnsafeOptionalAttributeAccess, 8, "Guard it with `principal has age && ...`.")]
    [InlineData("context.urgent && context.reason == \"x\"", UnsafeOptionalAttributeAccess, 26, "Guard it with `context has reason && ...`.")]
    [InlineData("principal.mentor.home.number == 1", UnsafeOptionalAttributeAccess, 8, "Guard it with `principal.mentor.home has number && ...`.")]
    [InlineData("principal[\"odd name\"] == \"x\"", UnsafeOptionalAttributeAccess, 8, "Guard it with `principal has \"odd name\" && ...`.")]
    [InlineData("principal.getTag(\"ward\") == \"a\"", UnsafeTagAccess, 8, "Guard it with `principal.hasTag(\"ward\") && ...`.")]
    [InlineData("resource.getTag(\"ward\") == \"a\"", NoTagsAllowed, 8, "Declare `tags` for `Scan` in the schema, or read an attribute.")]
    [InlineData("principal.hired.toDate(1) == principal.hired", WrongNumberArguments, 8, "Call it with no argument.")]
    [InlineData("principal.rating.lessThan()", WrongNumberArguments, 8, "Call it with one argument.")]
    [InlineData("ip() == ip(\"::1\")", WrongNumberArguments, 8, "Call it with one argument.")]
    [InlineData("ip(\"1.2.3\").isIpv4()", FunctionArgumentValidation, 8, "Right is, for instance, ip(\"10.0.0.1\") or ip(\"10.0.0.0/8\").")]
    [InlineData("principal.rating.lessThan(decimal(\"1\"))", FunctionArgumentValidation, 34, "Right is, for instance, decimal(\"12.34\").")]
    [InlineData("principal.hired < datetime(\"yesterday\")", FunctionArgumentValidation, 26, "Right is, for instance, datetime(\"2025-01-31\") or datetime(\"2025-01-31T08:30:00Z\").")]
    [InlineData("context.wait < duration(\"1 hour\")", FunctionArgumentValidation, 23, "Right is, for instance, duration(\"1d12h\") or duration(\"-90s\").")]
    [InlineData("[].contains(1)", EmptySetForbidden, 8, "To ask whether a set is empty write `.isEmpty()`; otherwise name at least one element.")]
    [InlineData("ip(principal.name).isIpv4()", NonLitExtConstructor, 8, "Write a literal as in ip(\"10.0.0.1\") or ip(\"10.0.0.0/8\"), or give the attribute the type ipaddr in the schema and the data.")]
    public void A_mistake_in_a_condition_is_found_where_it_stands_with_what_would_be_right(string condition, ValidationErrorKind kind, int column, string suggestion)
    {
        ValidationResult result = Clinic.WhenViewing(condition);

        result.IsValid.ShouldBeFalse();
        result.Errors[0].ShouldBe(kind, 2, column, suggestion);
    }

    [Theory]
    [InlineData("permit(principal == Staf::\"a\", action, resource);", UnrecognizedEntityType, 21, "Did you mean `Staff`?")]
    [InlineData("permit(principal is Staf in Team::\"a\", action, resource);", UnrecognizedEntityType, 21, "Did you mean `Staff`?")]
    [InlineData("permit(principal is /* no comment */ Staff in Teem::\"a\", action, resource);", UnrecognizedEntityType, 47, "Did you mean `Team`?")]
    [InlineData("permit(principal, action == Action::\"vew\", resource);", UnrecognizedActionId, 29, "Did you mean Action::\"view\"?")]
    [InlineData("permit(principal, action in [Action::\"view\", Action::\"pint\"], resource);", UnrecognizedActionId, 46, "Did you mean Action::\"print\"?")]
    [InlineData("permit(principal, action, resource in Floder::\"f\");", UnrecognizedEntityType, 39, "Did you mean `Folder`?")]
    [InlineData("permit(principal in Team::\"t\", action, resource in Shade::\"drak\");", InvalidEnumEntity, 52, "Did you mean Shade::\"dark\"?")]
    [InlineData("permit(principal == Team::\"t\", action == Action::\"view\", resource);", InvalidActionApplication, 1, "Write `in` instead of `==` for the principal.")]
    [InlineData("permit(principal, action == Action::\"view\", resource == Folder::\"t\");", InvalidActionApplication, 1, "Write `in` instead of `==` for the resource.")]
    [InlineData("permit(principal == Team::\"t\", action == Action::\"view\", resource == Folder::\"t\");", InvalidActionApplication, 1, "Write `in` instead of `==` for the principal and the resource.")]
    [InlineData("permit(principal is Robot, action == Action::\"view\", resource);", InvalidActionApplication, 1, "Action::\"view\", for one, applies to principals of `Staff` and resources of `Scan`.")]
    [InlineData("permit(principal, action == Action::\"unused\", resource);", InvalidActionApplication, 1, "Name an action that applies to something; the schema gives these no `appliesTo`.")]
    [InlineData("permit(principal, action in [], resource);", InvalidActionApplication, 1, "Name an action that applies to something; the schema gives these no `appliesTo`.")]
    public void A_mistake_in_a_scope_is_found_where_it_stands_with_what_would_be_right(string policy, ValidationErrorKind kind, int column, string suggestion)
    {
        if (policy.Contains("/*", StringComparison.Ordinal))
        {
            policy = policy.Replace("/* no comment */", "                ", StringComparison.Ordinal);
        }

        ValidationResult result = Clinic.Validate(policy);

        result.Errors[0].ShouldBe(kind, 1, column, suggestion);
    }

    [Fact]
    public void An_empty_list_of_actions_is_an_empty_set_too() =>
        Clinic.Validate("permit(principal, action in [], resource);").Errors.Select(error => error.Kind).ShouldBe([InvalidActionApplication, EmptySetForbidden]);

    [Fact]
    public void A_list_of_actions_has_one_type()
    {
        Schema schema = Schema.Parse("""
            entity U;
            namespace A { action x appliesTo { principal: [U], resource: [U] }; }
            namespace B { action y appliesTo { principal: [U], resource: [U] }; }
            """);

        ValidationError error = new Validator(schema)
            .Validate(PolicySet.Parse("permit(principal, action in [A::Action::\"x\", B::Action::\"y\"], resource);")).Errors.ShouldHaveSingleItem();

        (error.Kind, error.Suggestion).ShouldBe((IncompatibleTypes, "Write one policy for the actions of each type."));
    }

    [Theory]
    [InlineData("principal == Staff::\"ada\" && principal is Staff")]
    [InlineData("action == Action::\"view\" || action in Action::\"all\" || action in [Action::\"all\", Action::\"print\"]")]
    [InlineData("resource.shade == Shade::\"dark\"")]
    [InlineData("3 < 4 && principal.hired < datetime(\"2025-01-31\") && context.wait >= duration(\"1h\")")]
    [InlineData("principal.name == \"a\" && principal.home.street like \"B*\" && !context.urgent")]
    [InlineData("principal in principal.teams && principal in Team::\"t\" && resource in [Folder::\"f\"]")]
    [InlineData("principal.scores.contains(1) && principal.scores.containsAny([1, 2]) && principal.scores.isEmpty()")]
    [InlineData("{street: \"a\", number: 1} == {number: 2, street: \"b\"}")]
    [InlineData("(if context.urgent then 1 else 2) + -3 * 4 == 1")]
    [InlineData("principal.age > 3 || true", false)]
    [InlineData("principal has age && principal.age > 3")]
    [InlineData("context has reason && context.reason == \"x\"")]
    [InlineData("principal has \"odd name\" && principal[\"odd name\"] == \"x\"")]
    [InlineData("principal.hasTag(\"ward\") && principal.getTag(\"ward\") == \"a\"")]
    [InlineData("principal.hasTag(principal.name) && principal.getTag(principal.name) == \"a\"")]
    [InlineData("resource.hasTag(\"ward\") && resource.getTag(\"ward\") == 1")]
    [InlineData("principal.hired.toDate() == principal.hired && principal.rating.lessThan(decimal(\"1.5\"))")]
    [InlineData("ip(\"10.0.0.1\").isInRange(ip(\"10.0.0.0/8\"))")]
    [InlineData("[principal, Staff::\"a\"].contains(principal.mentor)")]
    [InlineData("[true, false].contains(context.urgent)")]
    [InlineData("1 == \"a\" || context.urgent")]
    [InlineData("principal == resource || context.urgent")]
    [InlineData("principal.name has street && true", false)]
    public void What_is_right_is_left_alone(string condition, bool valid = true)
    {
        ValidationResult result = Clinic.WhenViewing(condition);

        result.IsValid.ShouldBe(valid, string.Join(Environment.NewLine, result.Errors));
    }

    [Theory]
    [InlineData("permit(principal in Team::\"t\", action == Action::\"view\", resource in Folder::\"f\");")]
    [InlineData("permit(principal is Staff in Department::\"d\", action in Action::\"all\", resource is Scan);")]
    [InlineData("forbid(principal, action, resource);")]
    public void A_scope_that_some_action_fits_is_left_alone(string policy) => Clinic.Validate(policy).Errors.ShouldBeEmpty();

    [Fact]
    public void An_unknown_function_does_not_get_past_the_parser() =>
        Should.Throw<PolicySyntaxException>(() => Clinic.WhenViewing("tomorrow() == 1")).Errors[0].Problem.ShouldBe("`tomorrow` is not a function of Cedar. There are datetime, decimal, duration, ip.");

    [Fact]
    public void Every_mistake_of_a_policy_is_reported_once_though_several_environments_have_it()
    {
        ValidationResult result = Clinic.Validate("permit(principal, action, resource)\nwhen { context.urgent == 1 }\nunless { context.urgent + 1 == 2 };");

        result.Errors.Select(error => (error.Kind, error.Position.Line)).ShouldBe([(IncompatibleTypes, 2), (UnexpectedType, 3)]);
    }

    [Fact]
    public void The_same_mistake_with_two_types_is_two_errors_that_name_them()
    {
        ValidationResult result = Clinic.Validate("permit(principal, action == Action::\"store\", resource)\nwhen { principal.nmae == \"x\" };");

        result.Errors.Select(error => error.Message).ShouldBe(
        [
            "rules.cedar:2:8: policy `policy0`: There is no attribute `principal.nmae` (entity type `Staff`). Did you mean `name`?",
            "rules.cedar:2:8: policy `policy0`: There is no attribute `principal.nmae` (entity type `Robot`). It has no attributes at all; declare the attribute in the schema.",
        ]);
    }

    [Fact]
    public void An_error_names_the_policy_it_is_in()
    {
        PolicySet set = PolicySet.Parse(
            "@id(\"good\") permit(principal, action, resource);\n@id(\"bad\") permit(principal is Ghost, action, resource);", "rules.cedar",
            policy => policy.Annotations["id"]);

        ValidationResult result = Clinic.Validator.Validate(set);

        result.Errors.ShouldAllBe(error => error.Policy == set.Policies[1]);
        result.Errors[0].ToString().ShouldStartWith("rules.cedar:2:32: policy `bad`: The schema declares no entity type `Ghost`.");
        Clinic.Validator.Validate(set.Policies[0]).IsValid.ShouldBeTrue();
    }
}
