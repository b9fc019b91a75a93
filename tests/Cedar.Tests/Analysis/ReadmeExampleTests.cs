namespace AccessGov.Cedar.Tests.Analysis;

/// <summary>The example of analysis in the README, line for line.</summary>
public sealed class ReadmeExampleTests
{
    [Fact]
    public void The_example_of_the_README_compiles_and_finds_what_its_comments_say()
    {
        PolicySet policies = PolicySet.Parse("""
            permit(principal in Role::"doctor", action == Action::"view", resource);
            permit(principal, action, resource) when { false };
            """);
        PolicySet linked = PolicySet.Empty;
        EntityStore store = EntityStore.Create([new Entity(Cedar.Alice, parents: [new EntityUid("Role", "doctor")]), new Entity(Cedar.View)]);
        IEntities entities = store;
        var request = new Request(Cedar.Alice, Cedar.View, Cedar.Photo, RecordValue.Empty);

        RoleMatrix matrix = RoleMatrix.Of(policies, store);
        RoleVerdict verdict = matrix[matrix.Roles[0], matrix.Actions[0]].Verdict;
        IReadOnlyList<NeverApplying> dead = NeverApplies.Find(policies, store);
        ShadowingReport shadows = Shadowing.Find(policies, store);
        PolicySetDifference difference = PolicySetDifference.Compare(
            policies, linked, [new RecordedRequest(request, entities)]);

        verdict.ShouldBe(RoleVerdict.Permitted);
        dead.ShouldHaveSingleItem().IsProven.ShouldBeTrue();
        shadows.Shadowed.ShouldBeEmpty();
        difference.AllowToDeny.ShouldBe(1);
    }
}
