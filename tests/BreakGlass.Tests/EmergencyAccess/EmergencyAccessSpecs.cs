using AccessGov.BreakGlass.Eligibility;
using AccessGov.BreakGlass.EmergencyAccess;
using AccessGov.EventSourcing;
using AccessGov.Testing;

namespace AccessGov.BreakGlass.Tests.EmergencyAccess;

/// <summary>The rules of emergency access and its review.</summary>
public sealed class EmergencyAccessSpecs
{
    private static readonly EmergencyRules Rules = new BreakGlassOptions { PracticePatients = ["drill-1"] }.Rules;
    private static readonly EmergencyOffer Offer = new("emergency-reader", 4, "p-1", null, "emergency-physician");
    private static readonly InvokeEmergencyAccess.Command Command = new("ETREAT", "Unconscious", Patient: "p-1");

    private static readonly EmergencyAccessInvoked Invoked = new(
        "ada", "p-1", null, "emergency-reader", "emergency-physician", "ETREAT", "Unconscious", Spec.Now, Spec.Now.AddHours(4),
        Spec.Now.AddHours(24),
        false, null);

    private static readonly EmergencyAccessEnded Ended = new(EndCauses.Clinician, null, Spec.Now.AddHours(1));
    private static readonly EmergencyAccessReviewed Reviewed = new("eva", Verdict.Justified, "On call.", false, Spec.Now.AddHours(2));
    private static readonly EmergencyAccessReviewed Unjustified = Reviewed with { Verdict = Verdict.Unjustified };

    [Fact]
    public void A_clinician_takes_images_for_four_hours_and_the_review_is_due_in_a_day() =>
        Given().When(state => InvokeEmergencyAccess.Decide(state, "ada", Command, Offer, Rules, Spec.Now)).Then(Invoked);

    [Theory]
    [InlineData(2, 4, 2)]
    [InlineData(12, 4, 4)]
    [InlineData(12, 12, 12)]
    [InlineData(null, 1, 1)]
    public void It_lasts_as_long_as_asked_and_no_longer_than_the_role_allows(int? hours, int most, int lasts) =>
        Given().When(state => InvokeEmergencyAccess.Decide(
            state, "ada", Command with { Hours = hours }, Offer with { HoursMax = most }, Rules,
            Spec.Now)).Then(Invoked with { Until = Spec.Now.AddHours(lasts) });

    [Fact]
    public void A_drill_is_about_a_test_patient()
    {
        Given().When(state => InvokeEmergencyAccess.Decide(state, "ada", Command with { Practice = true }, Offer, Rules, Spec.Now))
            .ThenRefused("practice_patient_required", 409);
        Given().When(state => InvokeEmergencyAccess.Decide(
            state, "ada", Command with { Practice = true }, Offer with { Patient = "drill-1" }, Rules, Spec.Now))
            .Then(Invoked with { Patient = "drill-1", Practice = true });
    }

    [Theory]
    [InlineData("TREAT", "why", "p", null, null, 1, "reason_code_unknown")]
    [InlineData("BTG", " ", "p", null, null, 1, "reason_required")]
    [InlineData("BTG", "a\0b", "p", null, null, 1, "reason_required")]
    [InlineData("BTG", "why", "p", null, null, 13, "hours_malformed")]
    [InlineData("BTG", "why", "p", null, null, 0, "hours_malformed")]
    [InlineData("BTG", "why", null, null, null, 1, "emergency_access_malformed")]
    [InlineData("BTG", "why", "p", "1.2", null, 1, "emergency_access_malformed")]
    [InlineData("BTG", "why", "p", null, "token", 1, "emergency_access_malformed")]
    public void A_malformed_command_is_refused_before_anybody_is_asked(
        string code, string reason, string? patient, string? study, string? denial, int hours, string refusal)
    {
        InvokeEmergencyAccess.Malformed(new(code, reason, patient, study, denial, hours)).ShouldNotBeNull().Code.ShouldBe(refusal);
        Refusals.Table.StatusOf(refusal).ShouldBe(400);
    }

    [Fact]
    public void The_longest_reason_is_taken_and_a_longer_one_is_not()
    {
        InvokeEmergencyAccess.Malformed(Command with { Reason = new string('x', 1000) }).ShouldBeNull();
        InvokeEmergencyAccess.Malformed(Command with { Reason = new string('x', 1001) })!.Code.ShouldBe("reason_required");
    }

    [Fact]
    public void The_clinician_ends_it() => Given(Invoked)
        .When(state => EndEmergencyAccess.Decide(state, "ada", Spec.Now.AddHours(1))).Then(Ended);

    [Fact]
    public void Somebody_elses_is_not_known_to_the_clinician() => Given(Invoked)
        .When(state => EndEmergencyAccess.Decide(state, "bob", Spec.Now.AddHours(1))).ThenRefused("emergency_access_unknown", 404);

    [Fact]
    public void What_has_run_out_has_ended_when_it_ran_out_whoever_ends_it_later() => Given(Invoked)
        .When(state => EndEmergencyAccess.Decide(state, "ada", Spec.Now.AddHours(5)))
        .Then(new EmergencyAccessEnded(EndCauses.Expired, null, Spec.Now.AddHours(4)));

    [Fact]
    public void Security_ends_anybodys_and_says_why()
    {
        Given(Invoked).When(state => EndEmergencyAccess.Terminate(state, new("Misuse"), Spec.Now.AddHours(1)))
            .Then(new EmergencyAccessEnded(EndCauses.Security, "Misuse", Spec.Now.AddHours(1)));
        Given(Invoked).When(state => EndEmergencyAccess.Terminate(state, new(" "), Spec.Now)).ThenRefused("reason_required", 400);
        Given().When(state => EndEmergencyAccess.Terminate(state, new("x"), Spec.Now)).ThenRefused("emergency_access_unknown", 404);
        Given(Invoked, Ended).When(state => EndEmergencyAccess.Terminate(state, new("x"), Spec.Now)).ThenNothing();
    }

    [Fact]
    public void It_expires_to_the_second()
    {
        Given(Invoked).When(state => ExpireEmergencyAccess.Decide(state, Spec.Now.AddHours(4).AddTicks(-1))).ThenNothing();
        Given(Invoked).When(state => ExpireEmergencyAccess.Decide(state, Spec.Now.AddHours(4)))
            .Then(new EmergencyAccessEnded(EndCauses.Expired, null, Spec.Now.AddHours(4)));

        // A stop of a day, or a clock that jumped: it ended when it ended.
        Given(Invoked).When(state => ExpireEmergencyAccess.Decide(state, Spec.Now.AddDays(2)))
            .Then(new EmergencyAccessEnded(EndCauses.Expired, null, Spec.Now.AddHours(4)));
        Given(Invoked, Ended).When(state => ExpireEmergencyAccess.Decide(state, Spec.Now.AddDays(2))).ThenNothing();
    }

    [Fact]
    public void The_clinician_says_more_about_why_before_and_after_the_verdict()
    {
        var said = new EmergencyAccessExplained("I was called.", Spec.Now);
        Given(Invoked).When(state => ExplainEmergencyAccess.Decide(state, "ada", new("I was called."), Spec.Now)).Then(said);
        Given(Invoked, Ended, Reviewed).When(state => ExplainEmergencyAccess.Decide(state, "ada", new("I was called."), Spec.Now))
            .Then(said);
        Given(Invoked).When(state => ExplainEmergencyAccess.Decide(state, "ada", new(""), Spec.Now)).ThenRefused("statement_required", 400);
        Given(Invoked).When(state => ExplainEmergencyAccess.Decide(state, "bob", new("x"), Spec.Now))
            .ThenRefused("emergency_access_unknown", 404);
    }

    [Fact]
    public void A_review_is_taken_by_somebody_else_and_taken_over()
    {
        Given(Invoked).When(state => TakeReview.Decide(state, "eva", Spec.Now)).Then(new EmergencyReviewTaken("eva", Spec.Now));
        Given(Invoked, new EmergencyReviewTaken("eva", Spec.Now)).When(state => TakeReview.Decide(state, "eva", Spec.Now)).ThenNothing();
        Given(Invoked, new EmergencyReviewTaken("eva", Spec.Now)).When(state => TakeReview.Decide(state, "max", Spec.Now))
            .Then(new EmergencyReviewTaken("max", Spec.Now));
        Given(Invoked).When(state => TakeReview.Decide(state, "ada", Spec.Now)).ThenRefused("self_review", 403);
        Given(Invoked, Ended, Reviewed).When(state => TakeReview.Decide(state, "eva", Spec.Now)).ThenRefused("already_reviewed", 409);
    }

    [Fact]
    public void Somebody_else_judges_what_has_ended()
    {
        Given(Invoked, Ended).When(Judge("eva", Verdict.Justified)).Then(Reviewed);
        Given(Invoked, Ended).When(Judge("ada", Verdict.Justified)).ThenRefused("self_review", 403);
        Given(Invoked).When(Judge("ada", Verdict.Justified)).ThenRefused("self_review", 403);
        Given(Invoked).When(Judge("eva", Verdict.Justified)).ThenRefused("not_ended", 409);
        Given(Invoked, Ended).When(Judge("eva", Verdict.Justified, findings: " ")).ThenRefused("findings_required", 400);
        Given().When(Judge("eva", Verdict.Justified)).ThenRefused("emergency_access_unknown", 404);
    }

    [Fact]
    public void A_verdict_stands_and_a_retried_one_is_no_error()
    {
        Given(Invoked, Ended, Reviewed).When(Judge("eva", Verdict.Justified)).ThenNothing();
        Given(Invoked, Ended, Reviewed).When(Judge("eva", Verdict.Unjustified)).ThenRefused("already_reviewed", 409);
        Given(Invoked, Ended, Reviewed).When(Judge("max", Verdict.Justified)).ThenRefused("already_reviewed", 409);
    }

    [Fact]
    public void A_verdict_after_a_day_is_late()
    {
        Given(Invoked, Ended)
            .When(state => ReviewEmergencyAccess.Decide(state, "eva", new(Verdict.Justified, "On call."), Spec.Now.AddHours(24)))
            .Then(Reviewed with { At = Spec.Now.AddHours(24) });
        DateTimeOffset late = Spec.Now.AddHours(24).AddTicks(1);
        Given(Invoked, Ended).When(state => ReviewEmergencyAccess.Decide(state, "eva", new(Verdict.Justified, "On call."), late))
            .Then(Reviewed with { At = late, Late = true });
    }

    [Fact]
    public void What_was_not_justified_is_followed_up_by_somebody_else()
    {
        var closed = new EmergencyFollowUpClosed("max", "A talk.", Spec.Now);
        Given(Invoked, Ended, Unjustified).When(state => CloseFollowUp.Decide(state, "max", new("A talk."), Spec.Now)).Then(closed);
        Given(Invoked, Ended, Reviewed with { Verdict = Verdict.Unclear })
            .When(state => CloseFollowUp.Decide(state, "max", new("A talk."), Spec.Now)).Then(closed);
        Given(Invoked, Ended, Unjustified).When(state => CloseFollowUp.Decide(state, "max", new(" "), Spec.Now))
            .ThenRefused("outcome_required", 400);
        Given(Invoked, Ended, Unjustified).When(state => CloseFollowUp.Decide(state, "ada", new("Nothing."), Spec.Now))
            .ThenRefused("self_review", 403);
        Given(Invoked, Ended, Reviewed).When(state => CloseFollowUp.Decide(state, "max", new("A talk."), Spec.Now))
            .ThenRefused("no_follow_up", 409);
        Given(Invoked, Ended, Unjustified, closed).When(state => CloseFollowUp.Decide(state, "max", new("A talk."), Spec.Now))
            .ThenRefused("no_follow_up", 409);
        Given().When(state => CloseFollowUp.Decide(state, "max", new("A talk."), Spec.Now)).ThenRefused("emergency_access_unknown", 404);
    }

    [Fact]
    public void The_next_one_is_called_at_12_20_and_24_hours_and_the_case_stays_open()
    {
        Escalate(Given(Invoked, Ended), 11.99).ThenNothing();
        Escalate(Given(Invoked, Ended), 12).Then(new EmergencyReviewEscalated(1, "deputy", Spec.Now.AddHours(12)));
        Escalate(Given(Invoked, Ended, new EmergencyReviewEscalated(1, "deputy", Spec.Now)), 20)
            .Then(new EmergencyReviewEscalated(2, "privacy-officer", Spec.Now.AddHours(20)));
        Escalate(Given(Invoked, Ended, new EmergencyReviewEscalated(2, "privacy-officer", Spec.Now)), 24)
            .Then(new EmergencyReviewEscalated(3, "ciso", Spec.Now.AddHours(24)),
                new EmergencyReviewOverdue(Spec.Now.AddHours(24), Spec.Now.AddHours(24)));
        Escalate(Given(
            Invoked, Ended, new EmergencyReviewEscalated(3, "ciso", Spec.Now),
            new EmergencyReviewOverdue(Spec.Now, Spec.Now)), 1000).ThenNothing();
        Escalate(Given(Invoked, Ended, Reviewed), 1000).ThenNothing();
    }

    [Fact]
    public void After_a_long_stop_each_level_is_called_once()
    {
        DateTimeOffset now = Spec.Now.AddHours(30);
        Escalate(Given(Invoked), 30).Then(
            new EmergencyReviewEscalated(1, "deputy", now), new EmergencyReviewEscalated(2, "privacy-officer", now),
            new EmergencyReviewEscalated(3, "ciso", now), new EmergencyReviewOverdue(Spec.Now.AddHours(24), now));
    }

    private static GivenStream<EmergencyGrant, EmergencyGrantEvent> Given(params EmergencyGrantEvent[] events) =>
        Spec.Given(EmergencyGrant.Streams, events);

    private static Func<EmergencyGrant, Outcome<EmergencyGrantEvent>> Judge(
        string reviewer, Verdict verdict, string findings = "On call.") =>
        state => ReviewEmergencyAccess.Decide(state, reviewer, new(verdict, findings), Spec.Now.AddHours(2));

    private static Decided<EmergencyGrantEvent> Escalate(GivenStream<EmergencyGrant, EmergencyGrantEvent> given, double hours) =>
        given.When(state => EscalateReview.Decide(state, ReviewLevel.Usual, Spec.Now.AddHours(hours)));
}
