using System.Collections.Immutable;
using AccessGov.BreakGlass.Alerts;
using AccessGov.EventSourcing;

namespace AccessGov.BreakGlass.EmergencyAccess;

internal abstract record EmergencyGrantEvent;

/// <summary>Somebody took a patient's images in an emergency.</summary>
/// <param name="Person">Who.</param>
/// <param name="Patient">The patient's id at the hospital.</param>
/// <param name="Study">The study that it was about; null when it was the patient.</param>
/// <param name="Role">The role that it gives for the patient.</param>
/// <param name="InvokerRole">The role that let them.</param>
/// <param name="ReasonCode">Why, in HL7's words: ETREAT or BTG.</param>
/// <param name="Reason">Why, in their own words.</param>
/// <param name="At">When.</param>
/// <param name="Until">Until when (exclusive).</param>
/// <param name="ReviewDue">When it must be judged.</param>
/// <param name="Practice">Whether it is a drill.</param>
/// <param name="Workstation">What the viewer or the console says of the station; null when it says nothing.</param>
/// <param name="Offline">How it was taken while AccessGov could not be asked; null when it was taken here.</param>
[EventName("emergency_access_invoked")]
internal sealed record EmergencyAccessInvoked(
    string Person, string Patient, string? Study, string Role, string InvokerRole, string ReasonCode, string Reason, DateTimeOffset At,
    DateTimeOffset Until, DateTimeOffset ReviewDue, bool Practice, string? Workstation,
    OfflineOrigin? Offline = null) : EmergencyGrantEvent
{
    /// <summary>Whether somebody has shown who took it; otherwise its person is a station or an edge.</summary>
    public bool NamesPerson() => Offline is null || (Offline.Station is null && Person != OfflineOrigin.PersonOfEdge(Offline.Edge));
}

/// <summary>Something was opened under it while AccessGov could not be asked.</summary>
/// <param name="Person">Who: whoever took the emergency access.</param>
/// <param name="Patient">Whose images.</param>
/// <param name="Action">What was done, as <c>study.view</c>.</param>
/// <param name="Study">The study; null where it was a search for the patient's studies.</param>
/// <param name="Address">From where; null when that is not known.</param>
/// <param name="At">When, on the edge's clock.</param>
[EventName("emergency_images_opened_offline")]
internal sealed record EmergencyImagesOpenedOffline(
    string Person, string Patient, string Action, string? Study, string? Address, DateTimeOffset At) : EmergencyGrantEvent;

/// <summary>It is over.</summary>
/// <param name="Cause">One of <see cref="EndCauses"/>.</param>
/// <param name="Reason">Why, where somebody ended it; null otherwise.</param>
/// <param name="At">When: for one that has expired, the moment until which it ran.</param>
[EventName("emergency_access_ended")]
internal sealed record EmergencyAccessEnded(string Cause, string? Reason, DateTimeOffset At) : EmergencyGrantEvent;

/// <summary>The clinician said more about why.</summary>
[EventName("emergency_access_explained")]
internal sealed record EmergencyAccessExplained(string Statement, DateTimeOffset At) : EmergencyGrantEvent;

/// <summary>Somebody took the review upon themselves.</summary>
[EventName("emergency_review_taken")]
internal sealed record EmergencyReviewTaken(string Reviewer, DateTimeOffset At) : EmergencyGrantEvent;

/// <summary>Nobody had judged it in time, and the next one is called.</summary>
/// <param name="Level">Which of the levels, from 1.</param>
/// <param name="Name">Who is called.</param>
/// <param name="At">When.</param>
[EventName("emergency_review_escalated")]
internal sealed record EmergencyReviewEscalated(int Level, string Name, DateTimeOffset At) : EmergencyGrantEvent;

/// <summary>Nobody had judged it when it had to be judged. It stays open.</summary>
[EventName("emergency_review_overdue")]
internal sealed record EmergencyReviewOverdue(DateTimeOffset DueAt, DateTimeOffset At) : EmergencyGrantEvent;

/// <summary>Somebody else than the clinician judged it.</summary>
/// <param name="Reviewer">Who.</param>
/// <param name="Verdict">What they found.</param>
/// <param name="Findings">What that rests on.</param>
/// <param name="Late">Whether it came after the due time.</param>
/// <param name="At">When.</param>
/// <param name="Score">The misuse score that the reviewer was shown; null when it was not known.</param>
/// <param name="ScoreReasons">The codes of its reasons.</param>
/// <param name="Department">The department of what was opened; null when that is not known, nothing was opened, or it is of
/// several.</param>
[EventName("emergency_access_reviewed")]
internal sealed record EmergencyAccessReviewed(
    string Reviewer, Verdict Verdict, string Findings, bool Late, DateTimeOffset At, int? Score = null,
    IReadOnlyList<string>? ScoreReasons = null, string? Department = null) : EmergencyGrantEvent;

/// <summary>What followed from a verdict that was not <see cref="Verdict.Justified"/> is done.</summary>
[EventName("emergency_follow_up_closed")]
internal sealed record EmergencyFollowUpClosed(string By, string Outcome, DateTimeOffset At) : EmergencyGrantEvent;

/// <summary>Somebody was told of it: a channel took the alert.</summary>
/// <param name="Alert">The alert; told again it is the same.</param>
/// <param name="Kind">What they were told.</param>
/// <param name="Audience">Who was told.</param>
/// <param name="Channel">The way that took it.</param>
/// <param name="At">When.</param>
[EventName("emergency_alert_delivered")]
internal sealed record EmergencyAlertDelivered(Guid Alert, string Kind, string Audience, string Channel, DateTimeOffset At)
    : EmergencyGrantEvent;

/// <summary>A channel did not take an alert; the next one is tried.</summary>
[EventName("emergency_alert_failed")]
internal sealed record EmergencyAlertFailed(Guid Alert, string Kind, string Audience, string Channel, string Failure, DateTimeOffset At)
    : EmergencyGrantEvent;

internal enum Verdict { Justified, Unjustified, Unclear }

/// <summary>Why an emergency access is over.</summary>
internal static class EndCauses
{
    public const string Clinician = "clinician";
    public const string Expired = "expired";
    public const string Security = "security";
    public const string Deprovisioned = "deprovisioned";
    public const string Suspended = "suspended";

    /// <summary>PolicyDecision could not give what was promised.</summary>
    public const string Refused = "refused";
}

/// <summary>What rules ask about a case.</summary>
/// <param name="Clinician">Whose it is.</param>
/// <param name="Patient">About whom.</param>
/// <param name="Practice">Whether it is a drill.</param>
/// <param name="InvokedAt">When it was invoked.</param>
/// <param name="Until">Until when it runs.</param>
/// <param name="ReviewDue">When it must be judged.</param>
/// <param name="Owner">Who took the review upon themselves.</param>
/// <param name="Level">How far the review has been escalated.</param>
/// <param name="Overdue">Whether it was found to be overdue.</param>
/// <param name="Told">What became of which alert, so that it is said once.</param>
/// <param name="Offline">How it was taken while AccessGov could not be asked; null when it was taken here.</param>
internal sealed record EmergencyCase(
    string Clinician, string Patient, bool Practice, DateTimeOffset InvokedAt, DateTimeOffset Until, DateTimeOffset ReviewDue,
    string? Owner,
    int Level, bool Overdue, ImmutableHashSet<string> Told, OfflineOrigin? Offline)
{
    /// <summary>From when on somebody could have judged it.</summary>
    public DateTimeOffset KnownAt => Offline?.ReceivedAt ?? InvokedAt;

    /// <summary>
    /// Whether somebody may be whose it is: at a station a text is all that is known, and nobody judges what bears their id.
    /// </summary>
    public bool MayBeOf(string person) =>
        Clinician == person || string.Equals(Offline?.SaidToBe, person, StringComparison.OrdinalIgnoreCase);
}

/// <summary>How emergency access was taken at an edge of an archive while AccessGov could not be asked.</summary>
/// <param name="Edge">Where.</param>
/// <param name="Capability">The id of the capability that it was taken with, as it was presented.</param>
/// <param name="ReceivedAt">When it came to be known here.</param>
/// <param name="Station">The station at which whoever took it said who they are; null when the capability was a person's own.</param>
/// <param name="Faults">The codes of what was found by looking at it again; empty when nothing was.</param>
/// <param name="SaidToBe">Who they said they are at the station, a text that proves nothing; null where the station is.</param>
internal sealed record OfflineOrigin(
    string Edge, string Capability, DateTimeOffset ReceivedAt, string? Station, IReadOnlyList<string> Faults, string? SaidToBe = null)
{
    /// <summary>Whose a case is where nobody can know.</summary>
    public static string PersonOfEdge(string edge) => $"edge:{edge}";

    /// <summary>Whose a case is that was taken at a station, whatever somebody said there.</summary>
    public static string PersonOfStation(string station) => $"station:{station}";
}

/// <summary>An emergency access: taken at once, over by itself, and judged by somebody else.</summary>
internal abstract record EmergencyGrant
{
    private EmergencyGrant() { }

    public static StreamKind<EmergencyGrant, EmergencyGrantEvent> Streams { get; } = new("emergency-access", new NotInvoked(), Evolve);

    public static EmergencyGrant Evolve(EmergencyGrant state, EmergencyGrantEvent @event) => (state, @event) switch
    {
        (NotInvoked, EmergencyAccessInvoked e) => new Active(new EmergencyCase(
            e.Person, e.Patient, e.Practice, e.At, e.Until, e.ReviewDue, null, 0, false, [], e.Offline)),
        (Active a, EmergencyAccessEnded) => new AwaitingReview(a.Case),
        (Open o, EmergencyAccessExplained or EmergencyImagesOpenedOffline) => o,
        (Reviewed r, EmergencyAccessExplained or EmergencyImagesOpenedOffline) => r,
        (Open o, EmergencyReviewTaken e) => o with { Case = o.Case with { Owner = e.Reviewer } },
        (Open o, EmergencyReviewEscalated e) => o with { Case = o.Case with { Level = e.Level } },
        (Open o, EmergencyReviewOverdue) => o with { Case = o.Case with { Overdue = true } },
        (Open o, EmergencyAlertDelivered or EmergencyAlertFailed) =>
            o with { Case = o.Case with { Told = o.Case.Told.Add(AlertDelivery.KeyOf(@event)) } },
        (Reviewed r, EmergencyAlertDelivered or EmergencyAlertFailed) =>
            r with { Case = r.Case with { Told = r.Case.Told.Add(AlertDelivery.KeyOf(@event)) } },
        (AwaitingReview w, EmergencyAccessReviewed e) =>
            new Reviewed(w.Case, e.Reviewer, e.Verdict, FollowUpOpen: e.Verdict != Verdict.Justified),
        (Reviewed r, EmergencyFollowUpClosed) => r with { FollowUpOpen = false },
        _ => throw new InvalidOperationException(
            $"{@event.GetType().Name} cannot follow {state.GetType().Name}: the stream of the emergency access is corrupt."),
    };

    public sealed record NotInvoked : EmergencyGrant;

    /// <summary>Nobody has judged it yet.</summary>
    public abstract record Open(EmergencyCase Case) : EmergencyGrant;

    public sealed record Active(EmergencyCase Case) : Open(Case);

    public sealed record AwaitingReview(EmergencyCase Case) : Open(Case);

    public sealed record Reviewed(EmergencyCase Case, string Reviewer, Verdict Verdict, bool FollowUpOpen) : EmergencyGrant;
}
