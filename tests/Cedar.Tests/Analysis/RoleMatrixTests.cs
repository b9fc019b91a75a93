using AccessGov.Cedar.Tests.Explaining;

namespace AccessGov.Cedar.Tests.Analyzing;

public sealed class RoleMatrixTests
{
    private static readonly RoleMatrixOptions ForStudies = new() { PrincipalType = "User", ResourceType = "Study" };

    private static readonly EntityUid Resident = new("Role", "resident");

    [Fact]
    public void Roles_and_actions_are_discovered_from_the_scopes()
    {
        RoleMatrix matrix = RoleMatrix.Of(Hospital.Set, Hospital.Entities);

        matrix.Roles.ShouldBe([Hospital.Physician, Hospital.Billing]);
        matrix.Actions.ShouldBe([Hospital.Act("delete"), Hospital.Act("metadata"), Hospital.Act("view")]);
        matrix.Cells.Count().ShouldBe(6);
    }

    [Fact]
    public void Progress_is_told_after_each_role_that_the_scopes_name()
    {
        var told = new List<long>();

        RoleMatrix.Of(Hospital.Set, Hospital.Entities, ForStudies with { Progress = new ShadowingTests.Telling(told) });

        told.ShouldBe([1, 2]);
        RoleMatrix.RolesOf(Hospital.Set).ShouldBe([Hospital.Physician, Hospital.Billing]);
    }

    [Fact]
    public void A_cell_says_what_the_set_gives_a_role_and_by_which_policies()
    {
        RoleMatrix matrix = RoleMatrix.Of(Hospital.Set, Hospital.Entities, ForStudies);

        RoleCell read = matrix[Hospital.Physician, Hospital.Act("view")];
        read.Verdict.ShouldBe(RoleVerdict.PermittedUnderConditions);
        Ids(read.Permits).ShouldBe(["care-team-read"]);
        Ids(read.Forbids).ShouldBe(["own-study"]);
        read.Permits[0].HasConditions.ShouldBeTrue();
        matrix[Hospital.Billing, Hospital.Act("delete")].Verdict.ShouldBe(RoleVerdict.NotGranted);
        Ids(matrix[Hospital.Billing, Hospital.Act("delete")].Forbids).ShouldBe(["fresh-second-factor", "own-study"]);
    }

    [Theory]
    [InlineData("permit(principal in Role::\"resident\", action, resource);", RoleVerdict.Permitted)]
    [InlineData("permit(principal is User in Role::\"resident\", action, resource is Study);", RoleVerdict.Permitted)]
    [InlineData("permit(principal is Machine in Role::\"resident\", action, resource);", RoleVerdict.NotGranted)]
    [InlineData("permit(principal, action, resource is Patient);", RoleVerdict.NotGranted)]
    [InlineData("permit(principal, action, resource == Patient::\"p\");", RoleVerdict.NotGranted)]
    [InlineData("permit(principal, action, resource);", RoleVerdict.Permitted)]
    [InlineData("permit(principal in Role::\"physician\", action, resource);", RoleVerdict.Permitted)]
    [InlineData("permit(principal in Role::\"billing\", action, resource);", RoleVerdict.NotGranted)]
    [InlineData("permit(principal == Role::\"resident\", action, resource);", RoleVerdict.NotGranted)]
    [InlineData("permit(principal, action in Action::\"read\", resource);", RoleVerdict.Permitted)]
    [InlineData("permit(principal, action == Action::\"read\", resource);", RoleVerdict.NotGranted)]
    [InlineData("permit(principal, action, resource in Ward::\"w\");", RoleVerdict.PermittedUnderConditions)]
    [InlineData("permit(principal, action, resource) when { true } unless { 1 == 2 };", RoleVerdict.Permitted)]
    [InlineData("permit(principal, action, resource) when { context.x };", RoleVerdict.PermittedUnderConditions)]
    [InlineData("permit(principal, action, resource); forbid(principal in Role::\"physician\", action, resource);", RoleVerdict.Forbidden)]
    [InlineData("permit(principal, action, resource); forbid(principal, action, resource) when { context.x };", RoleVerdict.PermittedUnderConditions)]
    [InlineData("forbid(principal, action, resource);", RoleVerdict.NotGranted)]
    [InlineData("permit(principal in ?principal, action, resource);", RoleVerdict.NotGranted)]
    public void The_verdict_follows_from_scopes_and_conditions(string policies, RoleVerdict expected)
    {
        EntityStore entities = EntityStore.Create(
            [new Entity(Resident, null, [Hospital.Physician]), new Entity(Hospital.Act("view"), null, [Hospital.Act("read")])]);

        RoleMatrix.Of(PolicySet.Parse(policies), entities, ForStudies with { Roles = [Resident], Actions = [Hospital.Act("view")] })
            .Cells.ShouldHaveSingleItem().Verdict.ShouldBe(expected);
    }

    [Theory]
    [InlineData("permit(principal is User, action, resource);")]
    [InlineData("permit(principal, action, resource is Study);")]
    public void Without_types_a_constraint_on_the_type_is_a_condition(string policies) =>
        RoleMatrix.Of(PolicySet.Parse(policies), EntityStore.Empty, new() { Roles = [Resident], Actions = [Hospital.Act("view")] })
            .Cells.ShouldHaveSingleItem().Verdict.ShouldBe(RoleVerdict.PermittedUnderConditions);

    [Fact]
    public void What_the_matrix_calls_permitted_is_permitted_and_what_it_calls_not_granted_is_not()
    {
        RoleMatrix matrix = RoleMatrix.Of(
            PolicySet.Parse(Hospital.Policies + "permit(principal in Role::\"billing\", action == Action::\"view\", resource);"), Hospital.Entities, ForStudies);
        PolicySet set = PolicySet.Parse(Hospital.Policies + "permit(principal in Role::\"billing\", action == Action::\"view\", resource);");
        CompiledPolicySet compiled = set.Compile();

        foreach (RoleCell cell in matrix.Cells)
        {
            var someone = new EntityUid("User", "someone");
            var entities = new EntityOverlay(Hospital.Entities, new Entity(someone, null, [cell.Role]));
            Decision decision = compiled.Evaluate(new Request(someone, cell.Action, Hospital.Study, RecordValue.Empty), entities).Decision;
            if (cell.Verdict is RoleVerdict.Permitted or RoleVerdict.NotGranted)
            {
                decision.ShouldBe(cell.Verdict == RoleVerdict.Permitted ? Decision.Allow : Decision.Deny, $"{cell.Role} {cell.Action}");
            }
        }
    }

    [Fact]
    public void A_row_that_is_not_there_is_an_error() =>
        Should.Throw<KeyNotFoundException>(() => RoleMatrix.Of(PolicySet.Empty, EntityStore.Empty)[Resident, Hospital.Act("view")]);

    private static IEnumerable<string> Ids(IEnumerable<CoveringPolicy> policies) => policies.Select(policy => policy.Policy.Id);
}
