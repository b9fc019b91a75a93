using AccessGov.Cedar.Tests.Explaining;

namespace AccessGov.Cedar.Tests.Analyzing;

public sealed class ShadowingTests
{
    private static readonly PolicySet Policies = PolicySet.Parse(
        """
        permit(principal in Role::"physician", action in Action::"read", resource is Study);
        permit(principal in Role::"billing", action in Action::"read", resource is Study);
        permit(principal in Role::"billing", action, resource) when { context.night };
        forbid(principal in Role::"billing", action, resource is Study);
        forbid(principal, action == Action::"view", resource is Study) unless { principal is User };
        """);

    [Fact]
    public void A_permit_that_never_comes_without_a_forbid_is_shadowed()
    {
        ShadowingReport report = Shadowing.Find(Policies, Hospital.Entities);

        report.IsComplete.ShouldBeTrue();
        PermitShadow shadow = report.Shadowed.ShouldHaveSingleItem();
        shadow.Policy.Id.ShouldBe("policy1");
        shadow.Satisfied.ShouldBe(shadow.Forbidden);
        shadow.Forbids.Select(forbid => forbid.Forbid.Id).ShouldBe(["policy3", "policy4"]);
        shadow.Forbids[0].Requests.ShouldBe(shadow.Satisfied);
        report.Permits.Select(permit => permit.Policy.Id).ShouldBe(["policy0", "policy1", "policy2"]);
        report.Permits[0].IsShadowed.ShouldBeFalse();
        report.Permits[0].Forbidden.ShouldBeGreaterThan(0);
    }

    [Fact]
    public void A_permit_that_was_never_satisfied_is_not_called_shadowed()
    {
        PermitShadow night = Shadowing.Find(Policies, Hospital.Entities).Permits[2];

        night.Satisfied.ShouldBe(0);
        night.IsShadowed.ShouldBeFalse();
    }

    [Fact]
    public void Contexts_are_tried_when_given()
    {
        ShadowingReport report = Shadowing.Find(
            Policies, Hospital.Entities,
            new() { Contexts = [RecordValue.Of(("night", Value.Of(false))), RecordValue.Of(("night", Value.Of(true)))], Resources = [Hospital.Study] });

        report.Permits[2].IsShadowed.ShouldBeTrue();
        // Six entities that are no action, four actions of which one is only named as a parent, one resource, two contexts.
        report.Requests.ShouldBe(6 * 3 * 1 * 2);
    }

    [Fact]
    public void The_bound_is_kept_and_said()
    {
        ShadowingReport report = Shadowing.Find(Policies, Hospital.Entities, new() { RequestsMax = 10 });

        report.Requests.ShouldBe(10);
        report.IsComplete.ShouldBeFalse();
        Shadowing.Find(Policies, Hospital.Entities, new() { RequestsMax = 108 }).IsComplete.ShouldBeTrue();
    }

    [Fact]
    public void Progress_is_told_and_cancellation_heard()
    {
        var told = new List<long>();
        Shadowing.Find(Policies, Hospital.Entities, new() { Progress = new Telling(told), Contexts = [.. Enumerable.Repeat(RecordValue.Empty, 100)] });
        told.ShouldBe([4_096, 8_192, 10_800]);

        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();
        Should.Throw<OperationCanceledException>(() => Shadowing.Find(Policies, Hospital.Entities, cancellationToken: cancelled.Token));
    }

    [Fact]
    public void Without_data_there_is_nothing_to_try()
    {
        ShadowingReport report = Shadowing.Find(Policies, EntityStore.Empty);

        report.Requests.ShouldBe(0);
        report.IsComplete.ShouldBeTrue();
        report.Shadowed.ShouldBeEmpty();
    }

    internal sealed class Telling(List<long> told) : IProgress<long>
    {
        public void Report(long value) => told.Add(value);
    }
}
