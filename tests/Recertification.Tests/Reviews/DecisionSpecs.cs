using AccessGov.EventSourcing;
using AccessGov.Recertification.Applying;
using AccessGov.Recertification.Campaigns;
using AccessGov.Recertification.Reviews;
using AccessGov.Testing;

namespace AccessGov.Recertification.Tests.Reviews;

/// <summary>What reviewers may decide, and what comes of it.</summary>
public sealed class DecisionSpecs
{
    private static readonly DateTimeOffset Now = Spec.Now;

    [Fact]
    public void A_reviewer_decides() => Given(Opened()).When(state => Decide(state, new(Verdict.Keep), "boss")).Then(Decided(Verdict.Keep));

    [Fact]
    public void Nobody_judges_what_they_have_themselves() =>
        Given(Opened() with { Person = "boss" }).When(state => Decide(state, new(Verdict.Keep), "boss")).ThenRefused("self_review", 403);

    [Fact]
    public void Nobody_judges_what_somebody_else_is_asked() =>
        Given(Opened()).When(state => Decide(state, new(Verdict.Keep), "head")).ThenRefused("item_unknown", 404);

    [Fact]
    public void A_decision_stands_and_sent_again_it_is_the_same()
    {
        Given(Opened(), Decided(Verdict.Keep)).When(state => Decide(state, new(Verdict.Keep), "boss")).ThenNothing();
        Given(Opened(), Decided(Verdict.Keep)).When(state => Decide(state, new(Verdict.Revoke), "boss")).ThenRefused("already_decided", 409);
        Given(Opened(), Decided(Verdict.Keep)).When(state => Decide(state, new(Verdict.Keep, Justification: "On call"), "boss"))
            .ThenRefused("already_decided", 409);
        Given(Opened(), Decided(Verdict.Revoke), Applied(Verdict.Revoke)).When(state => Decide(state, new(Verdict.Revoke), "boss")).ThenNothing();
    }

    [Fact]
    public void A_high_risk_is_left_with_a_reason_by_somebody_who_signed_in_strongly()
    {
        ReviewItemOpened high = Opened() with { Risk = RiskClass.High };
        Given(high).When(state => DecideItem.Decide(state, new(Verdict.Revoke), "boss", strong: false, Now)).ThenRefused("step_up_required", 409);
        Given(high).When(state => Decide(state, new(Verdict.Keep), "boss")).ThenRefused("justification_required", 400);
        Given(high).When(state => Decide(state, new(Verdict.Keep, Justification: "On call"), "boss"))
            .Then(Decided(Verdict.Keep) with { Justification = "On call" });
        Given(high).When(state => Decide(state, new(Verdict.Revoke), "boss")).Then(Decided(Verdict.Revoke));
    }

    [Fact]
    public void Where_two_judge_what_leaves_it_waits_for_the_second_and_what_takes_it_does_not()
    {
        ReviewItemOpened two = Opened() with { Assignment = new Assignment("boss", "head", ["admin"]) };
        ReviewItemDecided first = Decided(Verdict.Keep) with { Final = false };
        Given(two).When(state => Decide(state, new(Verdict.Keep), "boss")).Then(first);
        Given(two).When(state => Decide(state, new(Verdict.Revoke), "boss")).Then(Decided(Verdict.Revoke));
        Given(two, first).When(state => Decide(state, new(Verdict.Keep), "boss")).ThenNothing();
        Given(two, first).When(state => Decide(state, new(Verdict.Revoke), "boss")).ThenRefused("item_unknown", 404);
        Given(two, first).When(state => Decide(state, new(Verdict.Revoke), "head")).Then(Decided(Verdict.Revoke) with { By = "head" });
        Given(two, first).When(state => Decide(state, new(Verdict.Keep), "head")).Then(Decided(Verdict.Keep) with { By = "head" });
    }

    [Fact]
    public void What_cannot_be_decided_is_malformed()
    {
        DecideItem.Command[] bad =
        [
            new(Verdict.KeepUntil), new(Verdict.KeepUntil, Now), new(Verdict.KeepUntil, Now.AddDays(367)), new(Verdict.KeepUntil, Now.AddDays(100)),
            new(Verdict.Reduce, Role: "radiologist"), new(Verdict.Reduce, Role: "No Role"),
        ];
        foreach (DecideItem.Command command in bad)
        {
            Given(Opened() with { Until = Now.AddDays(100) }).When(state => Decide(state, command, "boss")).ThenRefused("verdict_malformed", 400);
        }

        Given(Opened() with { ReadOnly = true }).When(state => Decide(state, new(Verdict.Reduce), "boss")).ThenRefused("verdict_malformed", 400);
        Given(Opened()).When(state => Decide(state, new(Verdict.Reduce), "boss")).Then(Decided(Verdict.Reduce) with { ReadOnly = true });
        Given(Opened()).When(state => Decide(state, new(Verdict.Reduce, Role: "observer"), "boss"))
            .Then(Decided(Verdict.Reduce) with { Role = "observer" });
    }

    [Fact]
    public void Only_low_risks_are_kept_together()
    {
        Given(Opened()).When(state => KeepLowRisks.Decide(state, "boss", Now)).Then(Decided(Verdict.Keep));
        Given(Opened() with { Risk = RiskClass.Medium }).When(state => KeepLowRisks.Decide(state, "boss", Now)).ThenRefused("not_a_low_risk", 409);
        Given(Opened() with { Risk = RiskClass.Medium }).When(state => KeepLowRisks.Decide(state, "head", Now)).ThenRefused("item_unknown", 404);
    }

    [Fact]
    public void What_is_not_theirs_goes_to_the_next_until_nobody_is_left()
    {
        var passed = new ReviewItemPassedOn("boss", "head", "Not my team", Now);
        Given(Opened()).When(state => PassOn.Decide(state, new("Not my team"), "boss", Now)).Then(passed);
        Given(Opened(), passed).When(state => Decide(state, new(Verdict.Keep), "boss")).ThenRefused("item_unknown", 404);
        Given(Opened(), passed).When(state => PassOn.Decide(state, new("Nor mine"), "head", Now)).ThenRefused("nobody_else", 409);
        Given(Opened() with { Person = "boss" }).When(state => PassOn.Decide(state, new("My own"), "boss", Now))
            .Then(passed with { Note = "My own" });
    }

    [Fact]
    public void Whoever_runs_the_campaign_names_another_reviewer_who_is_not_part_of_it_yet()
    {
        ReviewItemOpened two = Opened() with { Assignment = new Assignment("boss", "head", ["admin"]) };
        var given = new ReviewItemReassigned("sven", "eva", "On leave", Now);
        Given(two).When(state => Reassign(state, "eva")).Then(given);
        Given(two, given).When(state => Reassign(state, "eva")).ThenNothing();
        Given(two, given).When(state => Decide(state, new(Verdict.Keep), "eva")).Then(Decided(Verdict.Keep) with { By = "eva", Final = false });
        Given(two).When(state => Reassign(state, "person")).ThenRefused("reviewer_malformed", 400);
        Given(two).When(state => Reassign(state, "head")).ThenRefused("reviewer_malformed", 400);
        Given(two, Decided(Verdict.Keep) with { Final = false }).When(state => Reassign(state, "boss")).ThenRefused("reviewer_malformed", 400);
        Given(two).When(state => Reassign(state, "eva", isPresent: false)).ThenRefused("reviewer_malformed", 400);
        Given(two).When(state => Reassign(state, "eva", note: " ")).ThenRefused("reason_required", 400);
        Given(two, Decided(Verdict.Revoke)).When(state => Reassign(state, "eva")).ThenRefused("already_decided", 409);
        Given().When(state => Reassign(state, "eva")).ThenRefused("item_unknown", 404);

        static Outcome<ReviewItemEvent> Reassign(ReviewItem state, string to, bool isPresent = true, string note = "On leave") =>
            ReassignItem.Decide(state, new(to, note), "sven", isPresent, Now);
    }

    [Fact]
    public void The_person_answers_what_they_are_asked()
    {
        var asked = new ReviewItemPersonAsked("boss", "What for?", Now);
        Given(Opened()).When(state => AskPerson.Decide(state, new("What for?"), "boss", Now)).Then(asked);
        Given(Opened(), asked).When(state => AskPerson.Answer(state, new("On call"), "person", Now)).Then(new ReviewItemPersonAnswered("On call", Now));
        Given(Opened(), asked).When(state => AskPerson.Answer(state, new("On call"), "boss", Now)).ThenRefused("item_unknown", 404);
        Given(Opened()).When(state => AskPerson.Answer(state, new("On call"), "person", Now)).ThenRefused("item_unknown", 404);
        Given(Opened(), asked).When(state => Decide(state, new(Verdict.Keep), "boss")).Then(Decided(Verdict.Keep));
    }

    [Fact]
    public void What_was_taken_is_given_back_within_a_day()
    {
        ReviewItemEvent[] revoked = [Opened(), Decided(Verdict.Revoke), Applied(Verdict.Revoke)];
        var wanted = new ReviewItemRestoreAsked("boss", "A mistake", Now);
        Given(revoked).When(state => Restore(state, "boss", Now)).Then(wanted);
        Given(revoked).When(state => Restore(state, "boss", Now.AddHours(24).AddSeconds(1))).ThenRefused("restore_too_late", 409);
        Given(revoked).When(state => Restore(state, "head", Now)).ThenRefused("item_unknown", 404);
        Given([.. revoked, wanted]).When(state => Restore(state, "boss", Now)).ThenNothing();
        Given(Opened(), Decided(Verdict.Revoke)).When(state => Restore(state, "boss", Now)).ThenRefused("not_applied_yet", 409);
        Given(Opened(), Decided(Verdict.Keep), Applied(Verdict.Keep)).When(state => Restore(state, "boss", Now)).ThenRefused("nothing_taken", 409);
    }

    [Fact]
    public void What_became_of_a_decision_is_said_once()
    {
        var failed = new ReviewItemNotApplied("grant_by_groups", "No.", "admin", Now);
        Given(Opened(), Decided(Verdict.Revoke)).When(state => RecordApplied.Decide(state, failed)).Then(failed);
        Given(Opened(), Decided(Verdict.Revoke), failed).When(state => RecordApplied.Decide(state, failed)).ThenNothing();
        Given(Opened(), Decided(Verdict.Revoke), failed).When(state => RecordApplied.Decide(state, Applied(Verdict.Revoke)))
            .Then(Applied(Verdict.Revoke));
        Given(Opened(), Decided(Verdict.Revoke), Applied(Verdict.Revoke)).When(state => RecordApplied.Decide(state, Applied(Verdict.Revoke))).ThenNothing();
    }

    [Fact]
    public void Nobody_is_asked_about_whoever_left()
    {
        Given(Opened()).When(state => CloseItems.Decide(state, "person_left", Now)).Then(new ReviewItemClosed("person_left", Now));
        Given(Opened(), Decided(Verdict.Keep)).When(state => CloseItems.Decide(state, "person_left", Now)).ThenNothing();
        Given(Opened(), new ReviewItemClosed("person_left", Now)).When(state => Decide(state, new(Verdict.Keep), "boss"))
            .ThenRefused("already_decided", 409);
    }

    [Fact]
    public void What_is_refused_can_be_decided_anew_by_whoever_decided_it()
    {
        ReviewItemDecided reduced = Decided(Verdict.Reduce) with { Role = "observer" };
        var wider = new ReviewItemNotApplied("replacement_wider", "No.", "admin", Now);
        Given(Opened(), reduced, wider).When(state => Decide(state, new(Verdict.Revoke), "boss")).Then(Decided(Verdict.Revoke));
        Given(Opened(), reduced, wider).When(state => Decide(state, new(Verdict.Revoke), "head")).ThenRefused("already_decided", 409);
        Given(Opened(), reduced, wider).When(state => Decide(state, new(Verdict.Reduce, Role: "observer"), "boss")).ThenNothing();
        Given(Opened(), reduced, wider, Decided(Verdict.Revoke)).When(state => RecordApplied.Decide(state, Applied(Verdict.Revoke)))
            .Then(Applied(Verdict.Revoke));
        foreach (string unknown in (string[])["policy_decision_unavailable", "still_permitted"])
        {
            Given(Opened(), reduced, wider with { Fault = unknown }).When(state => Decide(state, new(Verdict.Keep), "boss"))
                .ThenRefused("already_decided", 409);
        }

        ReviewItemOpened two = Opened() with { Assignment = new Assignment("boss", "head", ["admin"]) };
        ReviewItemDecided kept = Decided(Verdict.Keep) with { Final = false };
        Given(two, Decided(Verdict.Revoke), wider).When(state => Decide(state, new(Verdict.Keep), "boss")).Then(kept);
        Given(two, Decided(Verdict.Revoke), wider, kept).When(state => Decide(state, new(Verdict.Keep), "head"))
            .Then(Decided(Verdict.Keep) with { By = "head" });
    }

    [Fact]
    public void Where_two_judge_the_second_gives_it_back()
    {
        ReviewItemEvent[] revoked =
            [Opened() with { Assignment = new Assignment("boss", "head", ["admin"]) }, Decided(Verdict.Revoke), Applied(Verdict.Revoke)];
        var wanted = new ReviewItemRestoreAsked("head", "A mistake", Now);
        Given(revoked).When(state => Restore(state, "boss", Now)).ThenRefused("second_reviewer_required", 409);
        Given(revoked).When(state => Restore(state, "admin", Now)).ThenRefused("item_unknown", 404);
        Given(revoked).When(state => Restore(state, "head", Now)).Then(wanted);
        Given([.. revoked, wanted]).When(state => Restore(state, "head", Now)).ThenNothing();
        Given([.. revoked, wanted, new ReviewItemRestored("g2", Now)]).When(state => Restore(state, "head", Now)).ThenNothing();
    }

    private static Outcome<ReviewItemEvent> Decide(ReviewItem state, DecideItem.Command command, string reviewer) =>
        DecideItem.Decide(state, command, reviewer, strong: true, Now);

    private static Outcome<ReviewItemEvent> Restore(ReviewItem state, string by, DateTimeOffset now) =>
        RestoreAccess.Decide(state, new ReasonedCommand("A mistake"), by, strong: true, now);

    private static GivenStream<ReviewItem, ReviewItemEvent> Given(params ReviewItemEvent[] events) => Spec.Given(ReviewItem.Streams, events);

    private static ReviewItemDecided Decided(Verdict verdict) => new("boss", verdict, null, null, false, null, Final: true, Now);

    private static ReviewItemApplied Applied(Verdict verdict) => new(verdict, null, null, Now);

    private static ReviewItemOpened Opened() => new(
        "c", "g", "person", "radiologist", "the radiologist", "everywhere", null, Now.AddYears(-1), null, false, "direct", "because", null,
        Now.AddYears(-1), RiskClass.Low, new ItemFacts(["study.view"], ["study.view"], [], Now.AddDays(-90), 1, [], 0),
        new Assignment("boss", null, ["head"]), new Recommendation(Advice.Revoke, AdviceReasons.Unused), Now);
}
