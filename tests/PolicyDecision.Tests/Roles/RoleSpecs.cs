using AccessGov.Cedar;
using AccessGov.PolicyDecision.Facts;
using AccessGov.PolicyDecision.Roles;
using AccessGov.Testing;

namespace AccessGov.PolicyDecision.Tests.Roles;

public sealed class RoleSpecs
{
    private static readonly DefineRole.Command Command = new("Makes images", ["study.view", "study.store"], GrantDaysMax: 90);
    private static readonly RoleDefined Defined = new("Makes images", ["study.store", "study.view"], false, 90);

    [Fact]
    public void A_role_is_defined_with_its_permissions_in_order() => Define(Command).Then(Defined);

    [Fact]
    public void A_role_defined_as_it_is_stays_as_it_is() =>
        Spec.Given(Role.Streams, Defined).When(state => DefineRole.Decide(state, "tech", Command, Known.Facts)).ThenNothing();

    [Fact]
    public void A_role_may_be_defined_anew() =>
        Spec.Given(Role.Streams, Defined).When(state => DefineRole.Decide(state, "tech", Command with { ReadOnly = true }, Known.Facts))
            .Then(Defined with { ReadOnly = true });

    [Fact]
    public void A_retired_role_is_not_revived() =>
        Spec.Given(Role.Streams, Defined, new RoleRetired()).When(state => DefineRole.Decide(state, "tech", Command, Known.Facts)).ThenRefused("role_retired");

    [Theory]
    [InlineData("")]
    [InlineData("Tech")]
    [InlineData("te\"ch")]
    [InlineData("-tech")]
    public void A_role_has_an_id_that_stands_in_policies(string id) =>
        Spec.Given(Role.Streams).When(state => DefineRole.Decide(state, id, Command, Known.Facts)).ThenRefused("role_malformed");

    [Fact]
    public void A_permission_is_the_name_of_an_action() => Define(Command with { Permissions = ["study.view\"]"] }).ThenRefused("role_malformed");

    [Fact]
    public void A_role_says_what_it_is_for() => Define(Command with { Description = "" }).ThenRefused("role_malformed");

    [Fact]
    public void A_longest_time_is_at_least_a_day() => Define(Command with { GrantDaysMax = 0 }).ThenRefused("role_malformed");

    [Fact]
    public void A_permission_is_an_action_of_the_policy_set_in_force()
    {
        var policies = new PublishedPolicies(
            "hospital", 1, "", PolicySet.Empty.Compile(), EntityStore.Create([new Entity(new EntityUid("Action", "study.view"))]));
        Spec.Given(Role.Streams).When(state => DefineRole.Decide(state, "tech", Command, Known.Facts with { Policies = policies }))
            .ThenRefused("permission_unknown");
    }

    [Fact]
    public void A_role_is_retired() => Spec.Given(Role.Streams, Defined).When(RetireRole.Decide).Then(new RoleRetired());

    [Fact]
    public void Retiring_twice_is_retiring_once() => Spec.Given(Role.Streams, Defined, new RoleRetired()).When(RetireRole.Decide).ThenNothing();

    [Fact]
    public void A_role_that_does_not_exist_cannot_be_retired() => Spec.Given(Role.Streams).When(RetireRole.Decide).ThenRefused("role_unknown");

    private static Decided<RoleEvent> Define(DefineRole.Command command) =>
        Spec.Given(Role.Streams).When(state => DefineRole.Decide(state, "tech", command, Known.Facts));
}
