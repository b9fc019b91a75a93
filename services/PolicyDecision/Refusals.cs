using System.Collections.Frozen;
using AccessGov.EventSourcing;
using AccessGov.ServiceDefaults;

namespace AccessGov.PolicyDecision;

/// <summary>The one place that says which HTTP status a refusal has.</summary>
internal static class Refusals
{
    public const string Service = "policy-decision";

    /// <summary>Neither a command nor a question is answered before everything that was stored has been read.</summary>
    public static readonly Refusal FactsNotReady = new("facts_not_ready", "The service has not read its facts yet: try again in a moment.");

    private static readonly FrozenSet<string> Absent = new[]
    {
        "grant_unknown", "relation_unknown", "policy_set_unknown", "network_list_unknown", "obligation_unknown", "decision_unknown", "access_request_unknown",
        "policy_draft_unknown", "impact_unknown", "shadow_unknown", "study_unknown", "duty_separation_unknown", "instant_before_beginning",
    }.ToFrozenSet(StringComparer.Ordinal);

    private static readonly FrozenSet<string> Malformed = new[]
    {
        "role_malformed", "subject_malformed", "user_malformed", "patient_malformed", "reason_required", "reason_malformed", "hours_malformed", "scope_id_required",
        "scope_id_unexpected", "until_before_from", "self_is_for_good", "site_malformed", "zone_unknown", "network_malformed",
        "network_too_wide", "network_list_malformed", "country_malformed", "department_malformed", "archive_malformed", "comment_required", "policy_set_malformed", "policy_id_missing", "policy_id_doubled",
        "policy_id_reserved", "policy_invalid", "range_malformed", "sample_malformed", "schema_malformed", "obligation_malformed",
        "obligation_unknown_in_catalogue", "placeholder_unknown", "receipt_malformed", "request_malformed", "duty_separation_malformed", "instant_malformed",
        "instant_in_future", "span_malformed", "window_malformed", "matrix_too_large", "too_much_to_compare", "too_many_items", "idempotency_key_malformed",
        "if_match_malformed", "paging_malformed",
    }.ToFrozenSet(StringComparer.Ordinal);

    /// <summary>400 malformed, 404 absent, 409 refused by the state of things, 412 stale.</summary>
    public static int StatusOf(string code) => code switch
    {
        "stale" => StatusCodes.Status412PreconditionFailed,
        "person_required" => StatusCodes.Status403Forbidden,
        "facts_not_ready" or "store_overloaded" or "store_unavailable" or "outcome_unknown" or "journal_unavailable"
            or "study_index_unavailable" or "history_lags" => StatusCodes.Status503ServiceUnavailable,
        _ when Absent.Contains(code) => StatusCodes.Status404NotFound,
        _ when Malformed.Contains(code) => StatusCodes.Status400BadRequest,
        _ => StatusCodes.Status409Conflict,
    };

    public static IResult Answer(string code, string sentence, int? status = null) =>
        Problems.Refused(Service, code, sentence, status ?? StatusOf(code));
}

/// <summary>A rule that only the transaction can hold refused the command; everything is rolled back.</summary>
internal sealed class RefusedAlongsideException(Refusal refusal) : Exception(refusal.Sentence)
{
    public Refusal Refusal { get; } = refusal;
}
