using AccessGov.EventSourcing;

namespace AccessGov.Audit;

/// <summary>The one place that says which HTTP status a refusal has.</summary>
internal static class Refusals
{
    public const string Service = "audit";

    /// <summary>Every code that is not refused by the state of things.</summary>
    public static readonly RefusalTable Table = new(
        Service,
        malformed:
        [
            "event_malformed", "period_malformed", "tile_malformed", "search_malformed", "search_too_wide",
            "reason_malformed", "sequences_malformed", "sequence_malformed", "hold_malformed", "basis_malformed", "shredding_malformed",
        ],
        absent:
        [
            "entry_unknown", "tile_unknown", "checkpoint_unknown",
            "unseal_request_unknown", "hold_unknown", "shredding_unknown", "certificate_unknown", "pruning_unknown",
            "destination_unknown",
        ],
        unavailable: ["trail_unavailable"],
        forbidden: ["person_required", "approval_required"]);

    public static IResult Answer(Refusal refusal) => Table.Answer(refusal);
}
