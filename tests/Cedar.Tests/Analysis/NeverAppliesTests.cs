using AccessGov.Cedar.Tests.Explaining;
using AccessGov.Cedar.Tests.Generators;

namespace AccessGov.Cedar.Tests.Analyzing;

public sealed class NeverAppliesTests
{
    [Theory]
    [InlineData("permit(principal, action in [], resource);", NeverAppliesReason.NoAction)]
    [InlineData("permit(principal, action, resource) when { false };", NeverAppliesReason.ConditionNeverTrue)]
    [InlineData("permit(principal, action, resource) unless { true };", NeverAppliesReason.ConditionNeverTrue)]
    [InlineData("permit(principal, action, resource) when { context.x } when { context.y && 1 > 2 };", NeverAppliesReason.ConditionNeverTrue)]
    [InlineData("permit(principal, action, resource) when { context.x && (false || 1 == 2) };", NeverAppliesReason.ConditionNeverTrue)]
    [InlineData("permit(principal, action, resource) unless { true || context.x };", NeverAppliesReason.ConditionNeverTrue)]
    [InlineData("permit(principal, action, resource) unless { context.x || true };", NeverAppliesReason.ConditionNeverTrue)]
    [InlineData("permit(principal, action, resource) when { if context.x then false else 1 == 2 };", NeverAppliesReason.ConditionNeverTrue)]
    [InlineData("permit(principal, action, resource) when { 1 };", NeverAppliesReason.ConditionAlwaysInError)]
    [InlineData("permit(principal, action, resource) when { ip(\"1.2.3\").isLoopback() };", NeverAppliesReason.ConditionAlwaysInError)]
    [InlineData("permit(principal, action, resource) when { 9223372036854775807 + 1 > 0 };", NeverAppliesReason.ConditionAlwaysInError)]
    [InlineData("permit(principal, action, resource) when { {a: 1}.b == 1 };", NeverAppliesReason.ConditionAlwaysInError)]
    [InlineData("permit(principal, action, resource) when { \"abc\" like \"b*\" };", NeverAppliesReason.ConditionNeverTrue)]
    [InlineData("permit(principal, action, resource) when { [1].contains(2) };", NeverAppliesReason.ConditionNeverTrue)]
    [InlineData("permit(principal, action, resource) when { {a: 1} has b };", NeverAppliesReason.ConditionNeverTrue)]
    [InlineData("permit(principal is User, action, resource) when { principal is Machine };", NeverAppliesReason.ConditionNeverTrue)]
    [InlineData("permit(principal is User, action, resource) when { principal is Machine in Role::\"r\" };", NeverAppliesReason.ConditionNeverTrue)]
    [InlineData("permit(principal is User, action, resource) unless { principal is User };", NeverAppliesReason.ConditionNeverTrue)]
    [InlineData("permit(principal is User, action, resource) when { principal == Machine::\"m\" };", NeverAppliesReason.ConditionNeverTrue)]
    [InlineData("permit(principal == User::\"a\", action, resource) when { User::\"b\" == principal };", NeverAppliesReason.ConditionNeverTrue)]
    [InlineData("permit(principal == User::\"a\", action, resource) when { principal != User::\"a\" };", NeverAppliesReason.ConditionNeverTrue)]
    [InlineData("permit(principal, action == Action::\"a\", resource) when { action == Action::\"b\" };", NeverAppliesReason.ConditionNeverTrue)]
    [InlineData("permit(principal, action, resource == Study::\"s\") when { resource is Patient };", NeverAppliesReason.ConditionNeverTrue)]
    [InlineData("permit(principal, action, resource) when { principal == \"ada\" };", NeverAppliesReason.ConditionNeverTrue)]
    public void A_policy_that_cannot_apply_is_found_and_proven(string policy, NeverAppliesReason reason)
    {
        NeverApplying found = NeverApplies.Find(PolicySet.Parse(policy, "rules.cedar")).ShouldHaveSingleItem();

        found.Reason.ShouldBe(reason);
        found.IsProven.ShouldBeTrue();
        found.Policy.Id.ShouldBe("policy0");
        found.Position.Line.ShouldBe(1);
        found.Text.ShouldNotBeEmpty();
    }

    [Theory]
    [InlineData("permit(principal, action, resource);")]
    [InlineData("permit(principal, action, resource) when { context.x || false };")]
    [InlineData("permit(principal, action, resource) unless { context.x && false };")]
    [InlineData("permit(principal, action, resource) when { if context.x then false else true };")]
    [InlineData("permit(principal, action, resource) when { principal == resource };")]
    [InlineData("permit(principal is User, action, resource) when { principal is User in Role::\"r\" };")]
    [InlineData("permit(principal is User, action, resource) when { principal == User::\"a\" };")]
    [InlineData("permit(principal, action in [Action::\"a\"], resource) when { action == Action::\"b\" };")]
    [InlineData("permit(principal, action, resource) when { User::\"a\".b && User::\"a\" in User::\"b\" };")]
    [InlineData("permit(principal, action, resource) when { context.n < 1 && context.n > 2 };")]
    [InlineData("permit(principal, action, resource) when { context == {} };")]
    [InlineData("permit(principal == ?principal, action in [], resource);")]
    public void What_is_not_certain_is_not_said(string policy) => NeverApplies.Find(PolicySet.Parse(policy)).ShouldBeEmpty();

    [Theory]
    [InlineData("principal == User::\"zoe\", action, resource", NeverAppliesReason.NoPrincipalInData, "principal == User::\"zoe\"")]
    [InlineData("principal is Robot, action, resource", NeverAppliesReason.NoPrincipalInData, "principal is Robot")]
    [InlineData("principal is User in Team::\"chest-pain\", action, resource", NeverAppliesReason.NoPrincipalInData, "principal is User in Team::\"chest-pain\"")]
    [InlineData("principal in Team::\"chest-pain\", action, resource", NeverAppliesReason.OnlyTheGroupItself, "principal in Team::\"chest-pain\"")]
    [InlineData("principal, action, resource in Ward::\"w\"", NeverAppliesReason.NoResourceInData, "resource in Ward::\"w\"")]
    [InlineData("principal, action == Action::\"print\", resource", NeverAppliesReason.NoActionInData, "action == Action::\"print\"")]
    [InlineData("principal, action in [Action::\"print\", Action::\"fax\"], resource", NeverAppliesReason.NoActionInData, "action in [Action::\"print\", Action::\"fax\"]")]
    public void Against_data_a_scope_that_nobody_satisfies_is_observed(string scope, NeverAppliesReason reason, string text)
    {
        NeverApplying found = NeverApplies.Find(PolicySet.Parse($"permit({scope});"), Hospital.Entities).ShouldHaveSingleItem();

        found.Reason.ShouldBe(reason);
        found.IsProven.ShouldBeFalse();
        found.Text.ShouldBe(text);
    }

    [Fact]
    public void The_policies_of_the_hospital_can_all_apply() => NeverApplies.Find(Hospital.Set, Hospital.Entities).ShouldBeEmpty();

    [Fact]
    public void What_is_proven_by_the_text_is_not_reported_again_for_the_data() =>
        NeverApplies.Find(PolicySet.Parse("permit(principal is Robot, action, resource) when { false };"), Hospital.Entities)
            .ShouldHaveSingleItem().IsProven.ShouldBeTrue();

    [Fact]
    public void No_random_policy_that_was_proven_never_to_apply_ever_applies()
    {
        int proven = 0;
        for (int seed = 0; seed < 300; seed++)
        {
            var random = new Random(seed);
            PolicySet policies = InterpreterTests.Policies(random);
            HashSet<string> never = [.. NeverApplies.Find(policies).Select(found => found.Policy.Id)];
            proven += never.Count;
            CompiledPolicySet compiled = policies.Compile();
            var world = new RandomWorld(random);
            EntityStore entities = world.Entities();
            for (int i = 0; i < 10; i++)
            {
                Response response = compiled.Evaluate(world.Request(), entities);
                response.SatisfiedPermits.Concat(response.SatisfiedForbids).Where(policy => never.Contains(policy.Id)).ShouldBeEmpty($"seed {seed}, request {i}");
            }
        }

        proven.ShouldBeGreaterThan(100);
    }
}
