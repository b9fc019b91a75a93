namespace AccessGov.Cedar.Tests.Policies;

public sealed class AuthorizationTests
{
    private static readonly EntityStore Entities = EntityStore.Create(
    [
        new Entity(Cedar.Alice, RecordValue.Of(("age", Value.Of(41))), [new EntityUid("Group", "staff")]),
        new Entity(Cedar.View, null, [new EntityUid("Action", "read")]),
        new Entity(new EntityUid("Action", "read"), null, [new EntityUid("Action", "any")]),
        new Entity(Cedar.Photo, null, [new EntityUid("Album", "holiday")]),
    ]);

    [Fact]
    public void Without_a_policy_everything_is_denied()
    {
        Response response = Cedar.Evaluate("");

        response.Decision.ShouldBe(Decision.Deny);
        response.Reasons.ShouldBeEmpty();
        response.Errors.ShouldBeEmpty();
    }

    [Fact]
    public void A_satisfied_forbid_overrides_every_permit_and_is_the_only_reason()
    {
        Response response = Cedar.Evaluate(
            """
            permit(principal, action, resource);
            forbid(principal, action, resource) when { principal.age > 40 };
            forbid(principal, action, resource) when { principal.age > 50 };
            permit(principal, action, resource) when { false };
            """,
            Entities);

        response.Decision.ShouldBe(Decision.Deny);
        Ids(response.Reasons).ShouldBe(["policy1"]);
        Ids(response.SatisfiedPermits).ShouldBe(["policy0"]);
        Ids(response.SatisfiedForbids).ShouldBe(["policy1"]);
        Ids(response.Considered).ShouldBe(["policy0", "policy1", "policy2", "policy3"]);
    }

    [Fact]
    public void An_erroring_forbid_is_skipped_and_reported_with_its_effect()
    {
        Response response = Cedar.Evaluate(
            """
            permit(principal, action, resource);
            forbid(principal, action, resource) when { principal.relatives.contains(resource) };
            permit(principal, action, resource) when { 1 };
            """,
            Entities);

        response.Decision.ShouldBe(Decision.Allow);
        response.Errors.Select(error => (error.Policy.Id, error.Effect, error.Error.Kind)).ShouldBe(
        [
            ("policy1", Effect.Forbid, EvaluationErrorKind.EntityAttributeDoesNotExist),
            ("policy2", Effect.Permit, EvaluationErrorKind.TypeError),
        ]);
    }

    [Fact]
    public void A_scope_that_does_not_match_hides_the_error_of_the_body()
    {
        Response response = Cedar.Evaluate("forbid(principal == User::\"bob\", action, resource) when { 1 };", Entities);

        response.Errors.ShouldBeEmpty();
        response.Considered.ShouldBeEmpty();
    }

    [Fact]
    public void Conditions_are_evaluated_in_order_until_one_fails()
    {
        Cedar.Evaluate("permit(principal, action, resource) when { false } when { 1 };").Errors.ShouldBeEmpty();
        Cedar.Evaluate("permit(principal, action, resource) unless { true } when { 1 };").Errors.ShouldBeEmpty();
        Cedar.Evaluate("permit(principal, action, resource) when { 1 } when { false };").Errors.Count.ShouldBe(1);
        Cedar.Evaluate("permit(principal, action, resource) unless { 1 };").Errors.Count.ShouldBe(1);
        Cedar.Evaluate("permit(principal, action, resource) unless { false } when { true };").Decision.ShouldBe(Decision.Allow);
    }

    [Theory]
    [InlineData("principal, action, resource", true)]
    [InlineData("principal == User::\"alice\", action, resource", true)]
    [InlineData("principal == User::\"bob\", action, resource", false)]
    [InlineData("principal in User::\"alice\", action, resource", true)]
    [InlineData("principal in Group::\"staff\", action, resource", true)]
    [InlineData("principal in Group::\"other\", action, resource", false)]
    [InlineData("principal is User, action, resource", true)]
    [InlineData("principal is Group, action, resource", false)]
    [InlineData("principal is User in Group::\"staff\", action, resource", true)]
    [InlineData("principal is User in Group::\"other\", action, resource", false)]
    [InlineData("principal is Nurse in Group::\"staff\", action, resource", false)]
    [InlineData("principal, action == Action::\"view\", resource", true)]
    [InlineData("principal, action == Action::\"read\", resource", false)]
    [InlineData("principal, action in Action::\"view\", resource", true)]
    [InlineData("principal, action in Action::\"read\", resource", true)]
    [InlineData("principal, action in Action::\"any\", resource", true)]
    [InlineData("principal, action in Action::\"write\", resource", false)]
    [InlineData("principal, action in [Action::\"write\", Action::\"any\"], resource", true)]
    [InlineData("principal, action in [Action::\"view\", Action::\"view\"], resource", true)]
    [InlineData("principal, action in [], resource", false)]
    [InlineData("principal, action, resource == Photo::\"sea\"", true)]
    [InlineData("principal, action, resource in Album::\"holiday\"", true)]
    [InlineData("principal, action, resource in Album::\"work\"", false)]
    [InlineData("principal, action, resource is Photo in Album::\"holiday\"", true)]
    [InlineData("principal == User::\"alice\", action == Action::\"view\", resource is Album", false)]
    public void The_scope_decides_which_policies_apply(string scope, bool applies)
    {
        Response response = Cedar.Evaluate($"permit({scope});", Entities);

        response.Decision.ShouldBe(applies ? Decision.Allow : Decision.Deny);
        response.Considered.Count.ShouldBe(applies ? 1 : 0);
    }

    [Theory]
    [InlineData(63)]
    [InlineData(64)]
    [InlineData(65)]
    [InlineData(5_000)]
    public void The_index_finds_the_same_policies_however_many_there_are(int count)
    {
        string policies = string.Concat(Enumerable.Range(0, count).Select(i => i % 3 == 0
            ? $"permit(principal == User::\"u{i}\", action, resource);\n"
            : $"permit(principal, action in [Action::\"a{i}\", Action::\"view\"], resource is T{i});\n"));

        Response response = Cedar.Evaluate(policies + "permit(principal is User, action in Action::\"read\", resource);", Entities);

        Ids(response.Reasons).ShouldBe([$"policy{count}"]);
    }

    [Fact]
    public void A_template_parses_and_never_authorises()
    {
        PolicySet set = PolicySet.Parse(
            """
            permit(principal == ?principal, action, resource);
            permit(principal, action, resource in ?resource);
            permit(principal is User in ?principal, action, resource);
            """);

        set.Policies.ShouldAllBe(policy => policy.IsTemplate);
        set.Compile().Evaluate(new Request(Cedar.Alice, Cedar.View, Cedar.Photo, RecordValue.Empty), Entities).Decision.ShouldBe(Decision.Deny);
    }

    [Fact]
    public void Many_threads_get_the_answers_that_one_gets()
    {
        CompiledPolicySet compiled = PolicySet.Parse(
            "permit(principal in Group::\"staff\", action, resource) when { context.n > 10 && [1, 2, 3].contains(context.n - 20) };").Compile();
        int allowed = 0;

        Parallel.For(0, 10_000, i =>
        {
            var request = new Request(Cedar.Alice, Cedar.View, Cedar.Photo, RecordValue.Of(("n", Value.Of(i % 100))));
            if (compiled.Evaluate(request, Entities).Decision == Decision.Allow)
            {
                Interlocked.Increment(ref allowed);
            }
        });

        allowed.ShouldBe(300);
    }

    private static IEnumerable<string> Ids(IEnumerable<Policy> policies) => policies.Select(policy => policy.Id);
}
