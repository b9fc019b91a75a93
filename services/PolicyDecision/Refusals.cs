using AccessGov.EventSourcing;

namespace AccessGov.PolicyDecision;

/// <summary>The one place that says which HTTP status a refusal has.</summary>
internal static class Refusals
{
    public const string Service = "policy-decision";

    /// <summary>Neither a command nor a question is answered before everything that was stored has been read.</summary>
    public static readonly Refusal FactsNotReady = new("facts_not_ready", "The service has not read its facts yet: try again in a moment.");

    /// <summary>Every code that is not refused by the state of things.</summary>
    public static readonly RefusalTable Table = new(
        Service,
        malformed:
        [
            "role_malformed", "subject_malformed", "user_malformed", "patient_malformed", "reason_required", "reason_malformed", "hours_malformed", "scope_id_required",
            "scope_id_unexpected", "until_before_from", "self_is_for_good", "site_malformed", "zone_unknown", "network_malformed",
            "network_too_wide", "network_list_malformed", "country_malformed", "department_malformed", "archive_malformed", "comment_required", "policy_set_malformed", "policy_id_missing", "policy_id_doubled",
            "policy_id_reserved", "policy_invalid", "range_malformed", "sample_malformed", "schema_malformed", "obligation_malformed",
            "obligation_unknown_in_catalogue", "placeholder_unknown", "receipt_malformed", "emergency_malformed", "request_malformed", "duty_separation_malformed", "instant_malformed",
            "instant_in_future", "span_malformed", "window_malformed", "matrix_too_large", "too_much_to_compare", "too_many_items",
        ],
        absent:
        [
            "grant_unknown", "relation_unknown", "policy_set_unknown", "network_list_unknown", "obligation_unknown", "decision_unknown", "access_request_unknown",
            "policy_draft_unknown", "impact_unknown", "shadow_unknown", "study_unknown", "duty_separation_unknown", "instant_before_beginning",
        ],
        unavailable: ["facts_not_ready", "journal_unavailable", "study_index_unavailable", "history_lags", "position_not_reached"],
        forbidden: ["person_required", "person_suspended", "person_left", "person_locked", "not_clinical", "emergency_forbidden"]);

    public static int StatusOf(string code) => Table.StatusOf(code);

    public static IResult Answer(string code, string sentence, int? status = null) => Table.Answer(code, sentence, status);
}
