using AccessGov.Cedar.Tests.Generators;

namespace AccessGov.Cedar.Tests.Explaining;

/// <summary>Why a request was denied: the permits that were near, what failed in them, the forbids that stood in the way.</summary>
public sealed class DenialTests
{
    private static readonly RecordValue Context = RecordValue.Of(
        ("n", Value.Of(3)), ("yes", Value.Of(true)), ("no", Value.Of(false)), ("text", Value.Of("abc")), ("s", new SetValue([Value.Of(1), Value.Of(2)])));

    [Theory]
    [InlineData("context.n == 1", "1+0 context.n == 1 was false: context.n = 3")]
    [InlineData("context.n == 1 && context.text == \"x\"", "2+0 context.n == 1 was false: context.n = 3;context.text == \"x\" was false: context.text = \"abc\" (not reached)")]
    [InlineData("context.n == 1 && context.n < 2", "1+0 context.n == 1 was false: context.n = 3;context.n < 2 was false: context.n = 3 (not reached)")]
    [InlineData("context.n == 1 || context.text == \"x\"", "1+0 context.n == 1 was false: context.n = 3;context.text == \"x\" was false: context.text = \"abc\"")]
    [InlineData("context.yes && context.no", "1+0 context.no was false")]
    [InlineData("!(context.yes || context.n == 3)", "2+0 context.yes was true;context.n == 3 was true: context.n = 3 (not reached)")]
    [InlineData("!(context.yes && context.n == 3)", "1+0 context.yes was true;context.n == 3 was true: context.n = 3")]
    [InlineData("if context.yes then context.no else context.yes", "1+0 context.no was false")]
    [InlineData("if context.no then context.yes else context.n == 1", "1+0 context.n == 1 was false: context.n = 3")]
    [InlineData("if context.no then context.missing else 1 == 2", "2+0 1 == 2 was false")]
    [InlineData("if context.missing == 1 then context.yes else context.no", "1+0 context.missing == 1 was in error (record does not have the attribute `missing`)")]
    [InlineData("context.missing > 1", "1+0 context.missing > 1 was in error (record does not have the attribute `missing`)")]
    [InlineData("context has missing && context.missing > 1", "1+0 context has missing was false;context.missing > 1 was in error (record does not have the attribute `missing`) (not reached)")]
    [InlineData("context has missing && context.missing > 1 && context.n == 9", "2+0 context has missing was false;context.missing > 1 was in error (record does not have the attribute `missing`) (not reached);context.n == 9 was false: context.n = 3 (not reached)")]
    [InlineData("context.n > \"x\"", "1+0 context.n > \"x\" was in error (type error: expected long, got string): context.n = 3")]
    [InlineData("context.s.contains(context.n)", "1+0 context.s.contains(context.n) was false: context.s = [1, 2], context.n = 3")]
    [InlineData("context.s.containsAll([2, 3])", "1+0 context.s.containsAll([2, 3]) was false: context.s = [1, 2]")]
    [InlineData("context.n in principal", "1+0 context.n in principal was in error (type error: expected (entity of type `any_entity_type`), got long): context.n = 3, principal = User::\"ada\"")]
    [InlineData("principal in Role::\"billing\"", "1+0 principal in Role::\"billing\" was false: principal = User::\"ada\"")]
    [InlineData("principal in Role::\"billing\" && principal in Team::\"x\"", "2+0 principal in Role::\"billing\" was false: principal = User::\"ada\";principal in Team::\"x\" was false: principal = User::\"ada\" (not reached)")]
    [InlineData("principal == User::\"bob\"", "0+1 principal == User::\"bob\" was false: principal = User::\"ada\"")]
    [InlineData("principal is Machine", "0+1 principal is Machine was false: principal = User::\"ada\"")]
    [InlineData("principal is Machine in Role::\"x\"", "0+1 principal is Machine in Role::\"x\" was false: principal = User::\"ada\"")]
    [InlineData("action in Action::\"write\"", "0+1 action in Action::\"write\" was false: action = Action::\"view\"")]
    [InlineData("action has x", "0+1 action has x was false")]
    [InlineData("1 == 2", "0+1 1 == 2 was false")]
    [InlineData("1 == 2 || context.n == 1", "1+0 1 == 2 was false;context.n == 1 was false: context.n = 3")]
    [InlineData("1 == 2 && context.n == 1", "1+1 1 == 2 was false;context.n == 1 was false: context.n = 3 (not reached)")]
    [InlineData("principal.getTag(\"k\") == 1", "1+0 principal.getTag(\"k\") == 1 was in error (`User::\"ada\"` does not have the tag `k`)")]
    [InlineData("User::\"bob\".level == 1", "1+0 User::\"bob\".level == 1 was in error (`User::\"bob\"` does not have the attribute `level`)")]
    [InlineData("User::\"ada\".salary + 1 == 1", "1+0 User::\"ada\".salary + 1 == 1 was false: User::\"ada\".salary + 1 = 90001")]
    [InlineData("context.missing || context.yes", "1+0 context.missing was in error (record does not have the attribute `missing`)")]
    [InlineData("!(context.missing && context.no)", "1+0 context.missing was in error (record does not have the attribute `missing`)")]
    [InlineData("context.missing || context.text || context.n == 3", "1+0 context.missing was in error (record does not have the attribute `missing`);context.text was \"abc\" (not reached)")]
    [InlineData("context.text like \"x*\"", "1+0 context.text like \"x*\" was false: context.text = \"abc\"")]
    [InlineData("context.text", "1+0 context.text was \"abc\"")]
    [InlineData("context.n + 9223372036854775807 > 0", "1+0 context.n + 9223372036854775807 > 0 was in error (integer overflow while attempting to add the values `3` and `9223372036854775807`)")]
    public void A_near_permit_says_how_far_it_is_and_what_failed(string condition, string expected)
    {
        NearPermit near = Hospital.Of(condition, Context).NearestPermits.ShouldHaveSingleItem();

        $"{near.DataToChange}+{near.Fixed} {string.Join(';', near.Failing)}".ShouldBe(expected);
        near.IsCut.ShouldBeFalse();
    }

    [Theory]
    [InlineData("context.yes", "context.yes was true")]
    [InlineData("context.yes && context.n == 3", "context.yes was true;context.n == 3 was true: context.n = 3")]
    [InlineData("context.no || context.n == 3 || context.yes", "context.n == 3 was true: context.n = 3")]
    [InlineData("!(context.no || context.n == 4)", "context.no was false;context.n == 4 was false: context.n = 3")]
    [InlineData("!(context.yes && context.no && context.missing)", "context.no was false")]
    [InlineData("if context.yes then context.n == 3 else context.missing", "context.yes was true;context.n == 3 was true: context.n = 3")]
    [InlineData("true && context.yes", "context.yes was true")]
    [InlineData("true", "")]
    [InlineData("User::\"ada\".salary > 5", "User::\"ada\".salary > 5 was true: User::\"ada\".salary = 90000")]
    [InlineData("User::\"ada\" has salary", "User::\"ada\" has salary was true")]
    [InlineData("User::\"ada\" in Role::\"physician\"", "User::\"ada\" in Role::\"physician\" was true")]
    [InlineData("User::\"ada\" is User in Role::\"physician\"", "User::\"ada\" is User in Role::\"physician\" was true")]
    [InlineData("[Team::\"x\", Role::\"physician\"].containsAny([Role::\"physician\"])", "")]
    public void A_satisfied_forbid_names_every_datum_that_made_it_so(string condition, string expected)
    {
        SatisfiedForbid forbid = Explain($"permit(principal, action, resource); forbid(principal, action, resource) when {{ {condition} }};")
            .SatisfiedForbids.ShouldHaveSingleItem();

        string.Join(';', forbid.Causes).ShouldBe(expected);
        forbid.Causes.ShouldAllBe(leaf => leaf.IsReached && leaf.Wanted != (leaf.Outcome == NodeOutcome.True));
    }

    [Fact]
    public void Several_forbids_are_all_told_in_the_order_of_the_set_and_put_right_together()
    {
        Explanation explanation = Explain(
            """
            permit(principal, action, resource);
            forbid(principal, action, resource) when { context.yes };
            forbid(principal, action, resource) when { context.no };
            forbid(principal, action, resource) when { context.missing };
            forbid(principal, action, resource) unless { context.n > 3 };
            """);

        explanation.SatisfiedForbids.Select(forbid => forbid.Policy.Id).ShouldBe(["policy1", "policy4"]);
        explanation.Response.Errors.ShouldHaveSingleItem().Policy.Id.ShouldBe("policy3");
        explanation.NearestPermits.ShouldBeEmpty();
        explanation.Counterfactuals.Texts().ShouldBe(["context.yes = false (was true) and context.n = 4 (was 3)"]);
    }

    [Fact]
    public void A_forbid_that_nothing_can_change_leaves_nothing_to_try()
    {
        Explanation explanation = Explain("permit(principal, action, resource) when { context.n == 1 }; forbid(principal, action, resource);");

        explanation.Counterfactuals.ShouldBeEmpty();
        explanation.SatisfiedForbids.ShouldHaveSingleItem().Causes.ShouldBeEmpty();
        explanation.NearestPermits.ShouldHaveSingleItem().Policy.Id.ShouldBe("policy0");
    }

    [Fact]
    public void Permits_in_error_are_near_and_listed_with_the_error()
    {
        Explanation explanation = Explain(
            "permit(principal, action, resource) when { context.missing == 1 }; permit(principal, action, resource) when { ip(context.text).isIpv4() };");

        explanation.Policies.Select(policy => policy.Outcome).ShouldBe([PolicyOutcome.Error, PolicyOutcome.Error]);
        explanation.Policies.Select(policy => policy.Error).ShouldBe(explanation.Response.Errors.Select(error => error.Error));
        explanation.Policies[0].Error!.Kind.ShouldBe(EvaluationErrorKind.RecordAttributeDoesNotExist);
        explanation.Policies[1].Error!.Message.ShouldBe("\"abc\" is not an IP address or range that Cedar accepts");
        explanation.NearestPermits.Select(near => near.Policy.Id).ShouldBe(["policy0", "policy1"]);
        explanation.Counterfactuals.Texts().ShouldBe(["context.missing = 1 (was missing)", "context.text = \"192.0.2.1\", for example (was \"abc\")"]);
    }

    [Fact]
    public void Near_permits_of_a_random_denial_are_those_of_the_action_and_the_types_in_their_order()
    {
        int listed = 0;
        for (int seed = 0; seed < 500; seed++)
        {
            var random = new Random(seed);
            PolicySet policies = InterpreterTests.Policies(random);
            var world = new RandomWorld(random);
            EntityStore entities = world.Entities();
            Request request = world.Request();
            Explanation explanation = Explainer.Explain(policies, request, entities, new() { NearestMax = 100, CounterfactualsMax = 0 });
            Response response = explanation.Response;
            if (response.Decision == Decision.Allow || response.SatisfiedPermits.Count > 0)
            {
                explanation.NearestPermits.ShouldBeEmpty($"seed {seed}");
                continue;
            }

            Policy[] all = [.. policies.Policies];
            Policy[] expected = [.. all.Where(policy => policy.Effect == Effect.Permit && CouldApply(policy, request, entities))];
            NearPermit[] near = [.. explanation.NearestPermits];
            near.Select(permit => permit.Policy).ShouldBe(expected, ignoreOrder: true, $"seed {seed}");
            near.ShouldBe([.. near.OrderBy(permit => permit.Fixed).ThenBy(permit => permit.DataToChange).ThenBy(permit => Array.IndexOf(all, permit.Policy))], $"seed {seed}");
            foreach (NearPermit permit in near)
            {
                string where = $"seed {seed}, {permit.Policy.Text}";
                permit.Failing.ShouldNotBeEmpty(where);
                (permit.DataToChange + permit.Fixed).ShouldBeGreaterThan(0, where);
                permit.IsCut.ShouldBeFalse(where);
            }

            foreach (ExplanationLeaf leaf in near.SelectMany(permit => permit.Failing))
            {
                leaf.Outcome.ShouldNotBe(leaf.Wanted ? NodeOutcome.True : NodeOutcome.False, $"seed {seed}: {leaf}");
            }

            listed += near.Length;
        }

        listed.ShouldBeGreaterThan(300);
    }

    // By the permit's own text: with everything but the constraint in question taken away, the official rules say whether it fits.
    private static bool CouldApply(Policy policy, Request request, EntityStore entities)
    {
        var any = new EntityScope(0, ScopeOperator.Any, null, null, HasSlot: false);
        static EntityScope OfType(EntityScope scope, EntityScope any) =>
            scope.EntityType is null ? any : new EntityScope(0, ScopeOperator.Is, scope.EntityType, null, HasSlot: false);
        PolicyTree loose = policy.Tree with
        {
            Principal = OfType(policy.Tree.Principal, any), Resource = OfType(policy.Tree.Resource, any), Conditions = [], Effect = Effect.Permit,
        };
        return PolicySet.Parse(PolicyPrinter.Print(loose)).Compile().Evaluate(in request, entities).Decision == Decision.Allow;
    }

    private static Explanation Explain(string policies) =>
        Explainer.Explain(PolicySet.Parse(policies), Hospital.Ask(Hospital.Ada, "view", Context), Hospital.Entities);
}
