using AccessGov.BreakGlass.EmergencyAccess;
using AccessGov.BreakGlass.Offline;
using AccessGov.Testing;
using static AccessGov.BreakGlass.Tests.Spec;

namespace AccessGov.BreakGlass.Tests.Offline;

/// <summary>The rules of what is promised ahead and of what edges tell.</summary>
public sealed class OfflineSpecs
{
    private static readonly EmergencyRules Rules = new BreakGlassOptions().Rules;

    private static readonly EmergencyCapabilityIssued Issued = new(
        "radiology", "person", "ada", "emergency-reader", "emergency-physician", TimeSpan.FromHours(4), 3, "thumb", Now, Now.AddHours(8));

    private static readonly EmergencyCapabilityRevoked Revoked = new("security", "Lost.", Now);
    private static readonly OfflineOrigin Origin = new("radiology", "capability-1", Now.AddHours(2), null, []);

    private static readonly OfflineUse Use = new(
        "ada", "p-1", "emergency-reader", "emergency-physician", "ETREAT", "Unconscious", false, Now, Now.AddHours(4), Origin);

    private static readonly EmergencyAccessInvoked Invoked = new(
        "ada", "p-1", null, "emergency-reader", "emergency-physician", "ETREAT", "Unconscious", Now, Now.AddHours(4), Now.AddHours(26),
        false, null, Origin);

    private static readonly EmergencyAccessEnded Ended = new(EndCauses.Clinician, null, Now.AddHours(1));

    [Fact]
    public void So_many_are_promised_and_no_more()
    {
        IssueCapability.TooMany(20, 20).ShouldBeNull();
        IssueCapability.TooMany(21, 20)!.Code.ShouldBe("capabilities_too_many");
        Given(Capability.Streams).When(state => IssueCapability.Decide(state, Issued, 200)).Then(Issued);
        Given(Capability.Streams).When(state => IssueCapability.Decide(state, Issued, 201)).ThenRefused("excluded_too_many", 409);
        Given(Capability.Streams, Issued).When(state => IssueCapability.Decide(state, Issued, 0)).ThenNothing();
    }

    [Fact]
    public void A_promise_is_taken_back_once_and_with_a_reason()
    {
        Given(Capability.Streams, Issued).When(state => RevokeCapability.Decide(state, new("Lost."), Now)).Then(Revoked);
        Given(Capability.Streams, Issued).When(state => RevokeCapability.Decide(state, new("  "), Now)).ThenRefused("reason_required", 400);
        Given(Capability.Streams).When(state => RevokeCapability.Decide(state, new("Lost."), Now)).ThenRefused("capability_unknown", 404);
        Given<Capability, CapabilityEvent>(Capability.Streams, Issued, Revoked)
            .When(state => RevokeCapability.Decide(state, new("Again."), Now))
            .ThenNothing();
        Given(Capability.Streams, Issued).When(state => RevokeCapability.Decide(state, new("Lost."), Issued.Expires)).ThenNothing();
    }

    [Fact]
    public void What_an_edge_tells_is_judged_so_long_after_it_is_known() =>
        Case().When(state => OfflineUse.Decide(state, Use, Rules)).Then(Invoked);

    [Fact]
    public void The_id_of_another_case_is_taken() =>
        Case(Invoked).When(state => OfflineUse.Decide(state, Use, Rules)).ThenRefused("case_taken", 409);

    [Fact]
    public void What_was_opened_belongs_to_a_case_of_that_edge()
    {
        var opened = new EmergencyImagesOpenedOffline("ada", "p-1", "study.view", "1.2.3", "10.0.0.7", Now);
        Case(Invoked).When(state => OfflineUse.Opened(state, "radiology", "study.view", "1.2.3", "10.0.0.7", Now)).Then(opened);
        Case(Invoked, Ended).When(state => OfflineUse.Opened(state, "radiology", "study.view", "1.2.3", "10.0.0.7", Now)).Then(opened);
        Case(Invoked).When(state => OfflineUse.Opened(state, "others", "study.view", null, null, Now)).ThenRefused("case_unknown", 409);
        Case(Invoked with { Offline = null }).When(state => OfflineUse.Opened(state, "radiology", "study.view", null, null, Now))
            .ThenRefused("case_unknown", 409);
        Case().When(state => OfflineUse.Opened(state, "radiology", "study.view", null, null, Now)).ThenRefused("case_unknown", 409);
    }

    [Fact]
    public void It_ends_when_the_edge_says_and_not_after_its_time()
    {
        Case(Invoked).When(state => OfflineUse.Ended(state, "radiology", EndCauses.Clinician, null, Now.AddHours(1))).Then(Ended);
        Case(Invoked).When(state => OfflineUse.Ended(state, "radiology", EndCauses.Clinician, null, Now.AddHours(5)))
            .Then(new EmergencyAccessEnded(EndCauses.Expired, null, Now.AddHours(4)));
        Case(Invoked, Ended).When(state => OfflineUse.Ended(state, "radiology", EndCauses.Clinician, null, Now.AddHours(2))).ThenNothing();
        Case(Invoked).When(state => OfflineUse.Ended(state, "others", EndCauses.Clinician, null, Now)).ThenRefused("case_unknown", 409);
        Case().When(state => OfflineUse.Ended(state, "radiology", EndCauses.Clinician, null, Now)).ThenRefused("case_unknown", 409);
    }

    [Fact]
    public void Levels_are_called_so_long_after_it_is_known()
    {
        Case(Invoked).When(state => EscalateReview.Decide(state, ReviewLevel.Usual, Now.AddHours(13))).ThenNothing();
        Case(Invoked).When(state => EscalateReview.Decide(state, ReviewLevel.Usual, Now.AddHours(14)))
            .Then(new EmergencyReviewEscalated(1, "deputy", Now.AddHours(14)));
    }

    [Fact]
    public void An_edge_alarms_of_the_same_thing_once_a_day()
    {
        var unusable = new EmergencyEdgeLineUnusable("radiology", 3, "unheard-of", "line_malformed", Now);
        var started = new EmergencyEdgeStarted("radiology", 3, Now);
        var alarm = new EmergencyEdgeAlarmRaised("radiology", "line_unusable", Now);
        var broken = new EmergencyEdgeJournalBroken("radiology", 4, Now);
        EmergencyEdgeJournalBroken putBack = broken with { Reason = EdgeDay.PutBack };
        Given(EdgeDay.Streams).When(state => EdgeDay.Alarm(state, "radiology", "line_unusable", Now)).Then(alarm);
        Given<EdgeDay, EdgeEvent>(EdgeDay.Streams, alarm)
            .When(state => EdgeDay.Alarm(state, "radiology", "line_unusable", Now)).ThenNothing();
        Given(EdgeDay.Streams).When(state => EdgeDay.Decide(state, unusable, Now)).Then(unusable, alarm);
        Given<EdgeDay, EdgeEvent>(EdgeDay.Streams, unusable, alarm).When(state => EdgeDay.Decide(state, unusable, Now)).Then(unusable);
        Given(EdgeDay.Streams).When(state => EdgeDay.Decide(state, started, Now)).Then(started);
        Given<EdgeDay, EdgeEvent>(EdgeDay.Streams, broken, alarm with { Code = "journal_broken" })
            .When(state => EdgeDay.Decide(state, putBack, Now)).Then(putBack, alarm with { Code = "journal_put_back" });
        Given(EdgeDay.Streams).When(state => EdgeDay.Decide(state, broken, Now)).Then(broken, alarm with { Code = "journal_broken" });
        Given<EdgeDay, EdgeEvent>(EdgeDay.Streams, broken, alarm with { Code = "journal_broken" })
            .When(state => EdgeDay.Decide(state, broken, Now)).ThenNothing();
    }

    [Fact]
    public void What_became_of_an_alarm_is_said_once()
    {
        var delivered = new EmergencyEdgeAlarmDelivered("radiology", Guid.Empty, "journal_broken", "security", "mail", Now);
        Given(EdgeDay.Streams).When(state => EdgeAlarms.Decide(state, delivered)).Then(delivered);
        Given<EdgeDay, EdgeEvent>(EdgeDay.Streams, delivered).When(state => EdgeAlarms.Decide(state, delivered)).ThenNothing();
        Given<EdgeDay, EdgeEvent>(EdgeDay.Streams, delivered).When(state => EdgeAlarms.Decide(state, delivered with { Channel = "hook" }))
            .Then(delivered with { Channel = "hook" });
    }

    [Fact]
    public void A_run_of_refusals_is_told_once()
    {
        var forged = new EmergencyCapabilityRefused("radiology", 3, "capability_forged", null, null, Now, 7, Now.AddMinutes(1));
        Given(RefusalRun.Streams).When(state => RefusalRun.Decide(state, [forged])).Then(forged);
        Given<RefusalRun, EdgeEvent>(RefusalRun.Streams, forged).When(state => RefusalRun.Decide(state, [forged])).ThenNothing();
    }

    private static GivenStream<EmergencyGrant, EmergencyGrantEvent> Case(params EmergencyGrantEvent[] events) =>
        Given(EmergencyGrant.Streams, events);
}
