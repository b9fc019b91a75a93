using AccessGov.IdentityFederation.Groups;
using static AccessGov.IdentityFederation.Tests.Spec;

namespace AccessGov.IdentityFederation.Tests.Groups;

public sealed class AssignScopesSpecs
{
    private static readonly GroupProvisioned Desk = new("hospital", "Service desk", null, ["ada"], "scim");

    [Fact]
    public void Its_members_may_what_is_said_and_no_more() => Given(Group.Streams, Desk, new GroupScopesAssigned(["people.read"]))
        .When(state => Decide(state, "grace", "people.manage")).Then(new GroupScopesAssigned(["people.manage"]));

    [Fact]
    public void Saying_the_same_again_changes_nothing() =>
        Given(Group.Streams, Desk, new GroupScopesAssigned(["people.read"])).When(state => Decide(state, "ada", "people.read")).ThenNothing();

    [Fact]
    public void Nobody_gives_a_group_more_that_they_are_in() => Given(Group.Streams, Desk, new GroupScopesAssigned(["people.read"]))
        .When(state => Decide(state, "ada", "people.read", "people.manage")).ThenRefused("self_assignment", 409);

    [Fact]
    public void Whoever_is_in_a_group_may_take_from_it() => Given(Group.Streams, Desk, new GroupScopesAssigned(["people.read"]))
        .When(state => Decide(state, "ada")).Then(new GroupScopesAssigned([]));

    [Theory]
    [InlineData("two words")]
    [InlineData("twice", "twice")]
    [InlineData("")]
    [InlineData(null)]
    public void Scopes_that_cannot_be_are_refused(params string?[]? scopes) =>
        Given(Group.Streams, Desk).When(state => Decide(state, "grace", scopes ?? [null])).ThenRefused("scope_malformed", 400);

    [Fact]
    public void More_scopes_than_anybody_reads_are_refused() => Given(Group.Streams, Desk)
        .When(state => Decide(state, "grace", [.. Enumerable.Range(0, 201).Select(one => $"s{one}")])).ThenRefused("scope_malformed", 400);

    [Fact]
    public void A_group_that_is_not_there_has_no_scopes()
    {
        Given(Group.Streams).When(state => Decide(state, "grace", "people.read")).ThenRefused("group_unknown", 404);
        Given(Group.Streams, Desk, new GroupDeleted("scim")).When(state => Decide(state, "grace", "people.read")).ThenRefused("group_unknown", 404);
    }

    private static EventSourcing.Outcome<GroupEvent> Decide(Group state, string by, params string?[] scopes) =>
        AssignScopes.Decide(state, new AssignScopes.Command(scopes!), by);
}
