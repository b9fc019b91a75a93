using AccessGov.PolicyDecision.Relations;
using AccessGov.Testing;

namespace AccessGov.PolicyDecision.Tests.Relations;

public sealed class RelationSpecs
{
    private static readonly StartRelation.Command Command = new(RelationKind.CareTeam, "ada", "P1");
    private static readonly RelationStarted Started = new(RelationKind.CareTeam, "ada", "P1", Spec.Now, null);
    private static readonly StartRelation.Command Self = new(RelationKind.Self, "ada", "P1");

    [Fact]
    public void A_relation_starts_now_unless_it_says_otherwise() => Start(Command).Then(Started);

    [Fact]
    public void A_relation_told_twice_starts_once() => Start(Command, Started with { From = Spec.Now.AddDays(-1) }).ThenNothing();

    [Fact]
    public void A_relation_told_with_another_end_takes_it() =>
        Start(Command with { Until = Spec.Now.AddDays(7) }, Started with { From = Spec.Now.AddDays(-1) })
            .Then(Started with { From = Spec.Now.AddDays(-1), Until = Spec.Now.AddDays(7) });

    [Fact]
    public void A_relation_that_has_ended_may_start_again() =>
        Start(Command, Started with { From = Spec.Now.AddDays(-1) }, new RelationEnded(RelationKind.CareTeam, "ada", "P1")).Then(Started);

    [Fact]
    public void A_relation_ends_after_it_begins() => Start(Command with { Until = Spec.Now.AddDays(-1) }).ThenRefused("until_before_from");

    [Fact]
    public void A_person_has_an_id() => Start(Command with { User = "" }).ThenRefused("user_malformed");

    [Fact]
    public void A_patient_has_an_id() => Start(Command with { Patient = " P1" }).ThenRefused("patient_malformed");

    [Fact]
    public void Nobody_is_themselves_for_a_while() => Start(Self with { Until = Spec.Now.AddDays(1) }).ThenRefused("self_is_for_good");

    [Fact]
    public void Nobody_is_two_patients() =>
        Start(Self with { Patient = "P2" }, new RelationStarted(RelationKind.Self, "ada", "P1", Spec.Now, null)).ThenRefused("self_taken");

    [Fact]
    public void There_is_one_self_for_each_person_and_one_of_the_others_for_each_pair()
    {
        (Self with { Patient = "P2" }).Id().ShouldBe(Self.Id());
        (Command with { Patient = "P2" }).Id().ShouldNotBe(Command.Id());
        (Command with { Kind = RelationKind.Referral }).Id().ShouldNotBe(Command.Id());
    }

    [Fact]
    public void A_relation_that_ends_says_whose_it_was() =>
        Spec.Given(Relation.Streams, Started).When(EndRelation.Decide).Then(new RelationEnded(RelationKind.CareTeam, "ada", "P1"));

    [Fact]
    public void Ending_twice_is_ending_once() =>
        Spec.Given(Relation.Streams, Started, new RelationEnded(RelationKind.CareTeam, "ada", "P1")).When(EndRelation.Decide).ThenNothing();

    [Fact]
    public void A_relation_that_never_was_cannot_end() => Spec.Given(Relation.Streams).When(EndRelation.Decide).ThenRefused("relation_unknown");

    private static Decided<RelationEvent> Start(StartRelation.Command command, params RelationEvent[] events) =>
        Spec.Given(Relation.Streams, events).When(state => StartRelation.Decide(state, command, Spec.Now));
}
