namespace AccessGov.Console.Pages.EmergencyAccess;

/// <summary>Cases of emergency access, for people.</summary>
internal static class EmergencyInWords
{
    /// <summary>HL7's codes for why.</summary>
    public static readonly (string Code, string Words)[] Reasons =
    [
        ("ETREAT", "Emergency treatment"), ("BTG", "Another reason: break the glass"),
    ];

    public static readonly (string Verdict, string Words, string Mark)[] Verdicts =
    [
        ("justified", "Justified", "good"), ("unjustified", "Not justified", "bad"), ("unclear", "Unclear", "warn"),
    ];

    public static string OfReason(string code) => Array.Find(Reasons, reason => reason.Code == code).Words ?? code;

    public static (string Words, string Mark) OfVerdict(string verdict) =>
        Array.Find(Verdicts, known => known.Verdict == verdict) is { Words: { } words, Mark: { } mark }
            ? (words, mark) : (verdict, "plain");

    /// <summary>How far a case is; the verdict where there is one.</summary>
    public static (string Words, string Mark) OfState(string state, string? verdict) => state switch
    {
        EmergencyCase.Active => ("active", "warn"),
        "awaiting_review" => ("waits for review", "plain"),
        _ when verdict is not null => OfVerdict(verdict),
        _ => (state.Replace('_', ' '), "plain"),
    };

    public static string OfCause(string? cause) => cause switch
    {
        "clinician" => "ended by the clinician",
        "expired" => "ran out",
        "security" => "ended by security",
        "deprovisioned" => "ended with the account",
        "suspended" => "ended with the suspension of the person",
        "refused" => "never given: what had changed meanwhile stood against it",
        null => "ended",
        _ => $"ended: {cause.Replace('_', ' ')}",
    };

    /// <summary>What is wrong with a case that was taken while AccessGov could not be asked.</summary>
    public static string OfFault(string code) => code switch
    {
        "capability_forged" => "what it was taken with was never issued here, or was changed: nobody knows whose it is",
        "capability_of_other_edge" => "what it was taken with was for another archive",
        "capability_expired" => "what it was taken with had run out, or was not good yet",
        "capability_revoked" => "what it was taken with has been taken back",
        "capability_unknown" => "that what it was taken with was issued is not known here any more",
        "capability_overused" => "it was taken more often than was promised",
        "use_forged" => "somebody else used what it was taken with",
        "use_stale" => "it was asked for at another time than it was taken, or the clocks differ",
        "use_malformed" => "something is missing in what asked for it",
        "patient_excluded" => "the patient is the person, or their family",
        "practice_patient_required" => "it was called a drill, and the patient is no test patient",
        "case_mismatch" => "the edge tells of another use than it was given",
        _ => code.Replace('_', ' '),
    };

    public static string OfAlert(string? kind) => kind switch
    {
        "invoked" => "emergency access was taken",
        "escalated" => "a case waits for review",
        "overdue" => "a case was not reviewed in time",
        "unjustified" => "a case was found not to be justified",
        "edge_alarm" => "an edge is to be looked at",
        "drill_due" => "emergency access is to be practised",
        "channel_failed" => "alerts do not get through by a channel",
        "channel_recovered" => "alerts get through by a channel again",
        _ => kind ?? "something happened",
    };

    /// <summary>A step, and the words that somebody wrote for it.</summary>
    public static (string What, string? Words) OfStep(EmergencyStep step) => step.Name switch
    {
        "emergency_access_invoked" => ($"took emergency access ({OfReason(step.Said("reasonCode") ?? "")})", step.Said("reason")),
        "emergency_access_ended" => (OfCause(step.Said("cause")), step.Said("reason")),
        "emergency_images_opened_offline" =>
            ($"{step.Said("action")} {step.Said("study") ?? "of the patient"} at the edge from {step.Said("address") ?? "?"}", null),
        "emergency_access_explained" => ("explained", step.Said("statement")),
        "emergency_review_taken" => ("took the review", null),
        "emergency_review_escalated" => ($"{step.Said("name")} was called: nobody had reviewed it", null),
        "emergency_review_overdue" => ("overdue: nobody had reviewed it in time", null),
        "emergency_access_reviewed" => ($"reviewed: {OfVerdict(step.Said("verdict") ?? "").Words}", step.Said("findings")),
        "emergency_follow_up_closed" => ("closed the follow-up", step.Said("outcome")),
        "emergency_alert_delivered" => ($"{step.Said("audience")} was told by {step.Said("channel")}: {OfAlert(step.Said("kind"))}", null),
        "emergency_alert_failed" =>
            ($"{step.Said("channel")} did not take the alert for {step.Said("audience")} ({step.Said("failure")})", null),
        _ => (step.Name.Replace('_', ' '), null),
    };
}
