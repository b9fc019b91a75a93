namespace AccessGov.Cedar.Tests.Schemas;

/// <summary>Actions in groups, in and across namespaces; what they apply to; and what that makes of policies.</summary>
public sealed class ActionGroupTests
{
    private const string Text = """
        entity User;
        action everything;
        action shared in [everything];
        namespace Files {
          entity File;
          action read in [shared, everything];
          action list, open in [read] appliesTo { principal: [User], resource: [File] };
          action erase in [Action::"everything"] appliesTo { principal: [User], resource: [File, User] };
        }
        namespace Mail {
          entity Box;
          action read in [Files::Action::"read"];
          action fetch in ["read"] appliesTo { principal: [User], resource: [Box] };
        }
        """;

    private static readonly Schema Schema = Schema.Parse(Text);

    [Theory]
    [InlineData("Files::Action::\"list\"", "Action::\"everything\" Action::\"shared\" Files::Action::\"read\"")]
    [InlineData("Files::Action::\"open\"", "Action::\"everything\" Action::\"shared\" Files::Action::\"read\"")]
    [InlineData("Files::Action::\"read\"", "Action::\"everything\" Action::\"shared\"")]
    [InlineData("Files::Action::\"erase\"", "Action::\"everything\"")]
    [InlineData("Mail::Action::\"read\"", "Action::\"everything\" Action::\"shared\" Files::Action::\"read\"")]
    [InlineData("Mail::Action::\"fetch\"", "Action::\"everything\" Action::\"shared\" Files::Action::\"read\" Mail::Action::\"read\"")]
    [InlineData("Action::\"shared\"", "Action::\"everything\"")]
    [InlineData("Action::\"everything\"", "")]
    public void An_action_is_in_the_groups_of_its_groups(string action, string ancestors)
    {
        SchemaAction declared = Schema.Actions[EntityUid.Parse(action)];
        var store = EntityStore.Create(Schema.ActionEntities);

        Sorted(declared.Ancestors).ShouldBe(ancestors);
        Sorted(store.AncestorsOf(declared.Uid)).ShouldBe(ancestors);
    }

    [Theory]
    [InlineData("Action::\"everything\"", "Files::Action::\"erase\" Files::Action::\"list\" Files::Action::\"open\" Mail::Action::\"fetch\"")]
    [InlineData("Action::\"shared\"", "Files::Action::\"list\" Files::Action::\"open\" Mail::Action::\"fetch\"")]
    [InlineData("Files::Action::\"read\"", "Files::Action::\"list\" Files::Action::\"open\" Mail::Action::\"fetch\"")]
    [InlineData("Mail::Action::\"read\"", "Mail::Action::\"fetch\"")]
    [InlineData("Mail::Action::\"fetch\"", "Mail::Action::\"fetch\"")]
    public void A_group_in_a_scope_stands_for_the_actions_in_it(string group, string actions)
    {
        // An error that every environment of the policy has tells which there are.
        ValidationResult result = new Validator(Schema).Validate(PolicySet.Parse($"permit(principal, action in {group}, resource) when {{ context.x }};"));
        var environments = Schema.Actions.Values.Where(action => action.PrincipalTypes.Count > 0 && result.Errors.Any(error => error.Problem.Contains($"{action.Uid})", StringComparison.Ordinal)));

        // The context is the same for all of them, so it is checked once and named by the first.
        result.Errors.ShouldHaveSingleItem().Problem.ShouldBe($"There is no attribute `context.x` (the context of {environments.Single().Uid}).");
        actions.ShouldContain(environments.Single().Uid.ToString());
        var compiled = PolicySet.Parse($"permit(principal, action in {group}, resource);").Compile();
        var store = EntityStore.Create(Schema.ActionEntities);
        Sorted(Schema.Actions.Values.Where(action => action.PrincipalTypes.Count > 0).Select(action => action.Uid).Where(action =>
            compiled.Evaluate(new Request(new("User", "u"), action, new("Files::File", "f"), RecordValue.Empty), store).Decision == Decision.Allow)).ShouldBe(actions);
    }

    [Theory]
    [InlineData("action in Files::Action::\"read\"", "Files::Action::\"list\"", true)]
    [InlineData("action in Files::Action::\"read\"", "Files::Action::\"erase\"", false)]
    [InlineData("action in Action::\"everything\"", "Files::Action::\"erase\"", true)]
    [InlineData("action in [Mail::Action::\"read\", Mail::Action::\"fetch\"]", "Mail::Action::\"fetch\"", true)]
    [InlineData("action in [Mail::Action::\"read\", Mail::Action::\"fetch\"]", "Files::Action::\"list\"", false)]
    [InlineData("action == Files::Action::\"list\"", "Files::Action::\"list\"", true)]
    [InlineData("action == Files::Action::\"list\"", "Files::Action::\"open\"", false)]
    [InlineData("Mail::Action::\"read\" == Mail::Action::\"read\"", "Files::Action::\"list\"", true)]
    [InlineData("action is Files::Action", "Files::Action::\"list\"", true)]
    [InlineData("action is Action", "Files::Action::\"list\"", false)]
    [InlineData("Mail::Action::\"fetch\" in Files::Action::\"read\"", "Files::Action::\"list\"", true)]
    [InlineData("Files::Action::\"read\" in Mail::Action::\"fetch\"", "Files::Action::\"list\"", false)]
    public void What_is_asked_of_the_action_is_known_when_a_policy_is_validated(string test, string action, bool holds)
    {
        var validator = new Validator(Schema);
        ValidationResult Validate(string condition) => validator.Validate(PolicySet.Parse($"permit(principal, action == {action}, resource) when {{ {condition} }};"));

        // Behind a test that is known to be false nothing is checked; behind one that is known to be true an `||` is not.
        Validate($"{test} && context.nothing").IsValid.ShouldBe(!holds);
        Validate($"{test} || context.nothing").IsValid.ShouldBe(holds);
        Validate(test).Warnings.Any(warning => warning.Kind == ValidationWarningKind.ImpossiblePolicy).ShouldBe(!holds);
    }

    [Theory]
    [InlineData("action a appliesTo { principal: U, resource: V };", "U", "V")]
    [InlineData("action a appliesTo { principal: [U, V], resource: [V, U] };", "U V", "V U")]
    [InlineData("action a appliesTo { principal: [U, U], resource: [V, V, U] };", "U", "V U")]
    [InlineData("action a;", "", "")]
    [InlineData("action a in b; action b appliesTo { principal: U, resource: V };", "", "")]
    public void What_a_group_applies_to_is_not_what_its_members_apply_to(string actions, string principals, string resources)
    {
        SchemaAction action = Schema.Parse($"entity U, V; {actions}").Actions[new EntityUid("Action", "a")];

        string.Join(' ', action.PrincipalTypes).ShouldBe(principals);
        string.Join(' ', action.ResourceTypes).ShouldBe(resources);
    }

    [Theory]
    [InlineData("context: { a: Long, b?: String }", "a b")]
    [InlineData("context: C", "c")]
    [InlineData("context: D", "c")]
    [InlineData("context: N::C", "n")]
    [InlineData("context: {}", "")]
    public void A_context_is_a_record_or_a_name_for_one(string context, string attributes)
    {
        Schema schema = Schema.Parse($"type C = {{ c: Long }}; type D = C; namespace N {{ type E = {{ n: Long }}; type C2 = E; }} entity U; action a appliesTo {{ principal: U, resource: U, {context.Replace("N::C", "N::C2", StringComparison.Ordinal)} }};");

        string.Join(' ', schema.Actions[new EntityUid("Action", "a")].Context.Attributes.Keys).ShouldBe(attributes);
    }

    [Fact]
    public void The_type_of_an_action_is_the_type_of_an_attribute_too()
    {
        Schema schema = Schema.Parse("entity U { last: Action, other?: N::Action }; action a appliesTo { principal: U, resource: U }; namespace N { action b; }");
        var validator = new Validator(schema);

        ValidationResult Validate(string condition) => validator.Validate(PolicySet.Parse($"permit(principal, action, resource) when {{ {condition} }};"));
        Validate("principal.last == action").Errors.ShouldBeEmpty();
        Validate("principal.last == Action::\"a\"").Errors.ShouldBeEmpty();
        Validate("principal.last in Action::\"a\"").Errors.ShouldBeEmpty();
        Validate("principal has other && principal.other == N::Action::\"b\"").Errors.ShouldBeEmpty();
        Validate("principal.last.x == 1").Errors.ShouldHaveSingleItem().Kind.ShouldBe(ValidationErrorKind.UnsafeAttributeAccess);
        Validate("principal.last == Action::\"b\"").Errors.ShouldHaveSingleItem().Kind.ShouldBe(ValidationErrorKind.UnrecognizedActionId);
    }

    private static string Sorted(IEnumerable<EntityUid> uids) => string.Join(' ', uids.Select(uid => uid.ToString()).Order(StringComparer.Ordinal));
}
