using AccessGov.EventSourcing;

namespace AccessGov.Audit;

/// <summary>The one place that says which HTTP status a refusal has.</summary>
internal static class Refusals
{
    public const string Service = "audit";

    /// <summary>Every code that is not refused by the state of things.</summary>
    public static readonly RefusalTable Table = new(
        Service,
        malformed: ["event_malformed", "period_malformed", "tile_malformed", "search_malformed", "search_too_wide"],
        absent: ["entry_unknown", "tile_unknown", "checkpoint_unknown"],
        unavailable: ["trail_unavailable"],
        forbidden: []);

    public static IResult Answer(Refusal refusal) => Table.Answer(refusal);
}
