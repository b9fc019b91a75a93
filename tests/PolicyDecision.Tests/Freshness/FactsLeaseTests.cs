using AccessGov.PolicyDecision.Facts;
using AccessGov.Testing;
using Microsoft.Extensions.Options;

namespace AccessGov.PolicyDecision.Tests.Freshness;

public sealed class FactsLeaseTests
{
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(2);
    private readonly TurnedClock clock = new();
    private readonly FactsLease lease;

    public FactsLeaseTests() => lease = new FactsLease(Options.Create(new PolicyDecisionOptions { FactsLease = Duration }), clock);

    [Fact]
    public void A_replica_that_never_knew_its_facts_to_be_complete_has_no_lease()
    {
        lease.HasBegun.ShouldBeFalse();
        lease.Holds.ShouldBeFalse();
        lease.Renew(clock.GetTimestamp(), head: 5, reached: 4);
        lease.HasBegun.ShouldBeFalse();
    }

    [Fact]
    public void A_lease_runs_from_the_question_for_the_head()
    {
        long asked = clock.GetTimestamp();
        clock.Advance(Duration / 2);
        lease.Renew(asked, head: 5, reached: 5);
        lease.Holds.ShouldBeTrue();
        clock.Advance(Duration / 2);
        lease.Holds.ShouldBeFalse();
    }

    [Fact]
    public void Facts_that_reach_the_head_later_are_as_old_as_the_question_all_the_same()
    {
        lease.Renew(clock.GetTimestamp(), head: 5, reached: 3);
        clock.Advance(Duration / 2);
        lease.Reached(4);
        lease.Holds.ShouldBeFalse();
        lease.Reached(6);
        lease.Holds.ShouldBeTrue();
        clock.Advance(Duration / 2);
        lease.Holds.ShouldBeFalse();
    }

    [Fact]
    public void Facts_that_are_always_a_little_behind_keep_the_lease()
    {
        for (long head = 1; head < 100; head++)
        {
            lease.Renew(clock.GetTimestamp(), head, reached: head - 1);
            clock.Advance(Duration / 4);
            lease.Reached(head);
            lease.Holds.ShouldBeTrue();
        }
    }

    [Fact]
    public void Facts_that_stay_behind_for_ever_keep_no_more_than_a_bounded_number_of_questions_and_come_back()
    {
        for (int i = 0; i < 10_000; i++)
        {
            lease.Renew(clock.GetTimestamp(), head: 10 + i, reached: 5);
        }

        clock.Advance(10 * Duration);
        lease.Reached(20_000);
        lease.Holds.ShouldBeFalse();
        lease.Renew(clock.GetTimestamp(), head: 20_000, reached: 20_000);
        lease.Holds.ShouldBeTrue();
    }

    [Fact]
    public void Without_a_duration_every_answer_is_given()
    {
        var none = new FactsLease(Options.Create(new PolicyDecisionOptions { FactsLease = TimeSpan.Zero }), clock);
        none.Holds.ShouldBeTrue();
    }
}
