using AccessGov.EventSourcing;

namespace AccessGov.BreakGlass;

/// <summary>The one place that says which HTTP status a refusal has.</summary>
internal static class Refusals
{
    public const string Service = "break-glass";

    /// <summary>A program takes nothing in an emergency.</summary>
    public static readonly Refusal NoPerson =
        new("person_required", "Emergency access is for people who have signed in: send a token that names a person.");

    /// <summary>There is no such case, or it is not the caller's to see.</summary>
    public static readonly Refusal Unknown = new("emergency_access_unknown", "There is no emergency access with this id.");

    /// <summary>Every code that is not refused by the state of things. Those of PolicyDecision are answered as it gave them.</summary>
    public static readonly RefusalTable Table = new(
        Service,
        malformed: ["emergency_access_malformed", "reason_required", "reason_code_unknown", "hours_malformed", "findings_required",
            "statement_required", "outcome_required", "state_unknown", "emergency_malformed", "period_malformed", "key_malformed",
            "lines_malformed", "holder_required", "report_malformed", "day_malformed"],
        absent: ["emergency_access_unknown", "study_unknown", "lesson_unknown", "policy_set_unknown", "edge_unknown", "station_unknown",
            "capability_unknown", "edge_alarm_unknown"],
        unavailable: ["store_not_started", "policy_decision_unavailable", "facts_not_ready", "study_index_unavailable"],
        forbidden: ["person_required", "person_suspended", "person_left", "person_locked", "not_clinical", "emergency_forbidden",
            "self_review", "policies_forbidden", "station_forbidden", "edge_forbidden"]);

    public static IResult Answer(Refusal refusal) => Table.Answer(refusal);
}
