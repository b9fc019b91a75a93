using AccessGov.IdentityFederation.Groups;
using static AccessGov.IdentityFederation.Tests.Spec;

namespace AccessGov.IdentityFederation.Tests.Groups;

public sealed class AssignRolesSpecs
{
    private static readonly GroupProvisioned Readers = new("hospital", "Radiologists", null, ["ada"], "scim");
    private static readonly GroupRole Everywhere = new("radiologist", new RoleScope(RoleScopeKind.Everywhere));
    private static readonly GroupRole AtNorth = new("radiologist", new RoleScope(RoleScopeKind.Site, "north"));
    private static readonly GroupRole InRadiology = new("reader", new RoleScope(RoleScopeKind.Department, "north-radiology"));

    [Fact]
    public void Its_members_have_what_is_said_and_no_more() => Given(Group.Streams, Readers, new GroupRolesAssigned([Everywhere]))
        .When(state => Decide(state, "grace", AtNorth, InRadiology)).Then(new GroupRolesAssigned([AtNorth, InRadiology]));

    [Fact]
    public void Saying_the_same_again_changes_nothing() =>
        Given(Group.Streams, Readers, new GroupRolesAssigned([AtNorth])).When(state => Decide(state, "ada", AtNorth)).ThenNothing();

    [Fact]
    public void Nobody_gives_a_group_more_that_they_are_in() => Given(Group.Streams, Readers, new GroupRolesAssigned([AtNorth]))
        .When(state => Decide(state, "ada", Everywhere)).ThenRefused("self_assignment", 409);

    [Fact]
    public void Whoever_is_in_a_group_may_take_from_it() => Given(Group.Streams, Readers, new GroupRolesAssigned([AtNorth, InRadiology]))
        .When(state => Decide(state, "ada", AtNorth)).Then(new GroupRolesAssigned([AtNorth]));

    [Fact]
    public void A_program_is_in_no_group() =>
        Given(Group.Streams, Readers).When(state => Decide(state, null, AtNorth)).Then(new GroupRolesAssigned([AtNorth]));

    [Theory]
    [InlineData("", RoleScopeKind.Everywhere, null)]
    [InlineData("Radiologist", RoleScopeKind.Everywhere, null)]
    [InlineData(null, RoleScopeKind.Everywhere, null)]
    [InlineData("radiologist", RoleScopeKind.Everywhere, "north")]
    [InlineData("radiologist", RoleScopeKind.Site, null)]
    [InlineData("radiologist", RoleScopeKind.Site, "North Wing")]
    [InlineData("radiologist", RoleScopeKind.Department, "")]
    internal void Roles_that_cannot_be_are_refused(string? role, RoleScopeKind kind, string? id) => Given(Group.Streams, Readers)
        .When(state => Decide(state, "grace", new GroupRole(role!, new RoleScope(kind, id)))).ThenRefused("group_role_malformed", 400);

    [Fact]
    public void Nothing_and_the_same_twice_are_no_roles()
    {
        Given(Group.Streams, Readers).When(state => Decide(state, "grace", (GroupRole)null!)).ThenRefused("group_role_malformed", 400);
        Given(Group.Streams, Readers).When(state => Decide(state, "grace", new GroupRole("reader", null!)))
            .ThenRefused("group_role_malformed", 400);
        Given(Group.Streams, Readers).When(state => Decide(state, "grace", AtNorth, AtNorth with { }))
            .ThenRefused("group_role_malformed", 400);
    }

    [Fact]
    public void More_roles_than_fifty_are_refused()
    {
        GroupRole[] roles = [.. Enumerable.Range(0, 51).Select(one => AtNorth with { Role = $"r{one}" })];
        Given(Group.Streams, Readers).When(state => Decide(state, "grace", roles)).ThenRefused("group_role_malformed", 400);
        Given(Group.Streams, Readers).When(state => Decide(state, "grace", roles[..50])).Then(new GroupRolesAssigned(roles[..50]));
    }

    [Fact]
    public void A_group_that_is_not_there_has_no_roles()
    {
        Given(Group.Streams).When(state => Decide(state, "grace", AtNorth)).ThenRefused("group_unknown", 404);
        Given(Group.Streams, Readers, new GroupDeleted("scim")).When(state => Decide(state, "grace", AtNorth))
            .ThenRefused("group_unknown", 404);
    }

    private static EventSourcing.Outcome<GroupEvent> Decide(Group state, string? by, params GroupRole[] roles) =>
        AssignRoles.Decide(state, new AssignRoles.Command(roles), by);
}
