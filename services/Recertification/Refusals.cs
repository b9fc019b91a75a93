using AccessGov.EventSourcing;

namespace AccessGov.Recertification;

/// <summary>The one place that says which HTTP status a refusal has.</summary>
internal static class Refusals
{
    public const string Service = "recertification";

    /// <summary>The longest reason, in characters.</summary>
    public const int ReasonLengthMax = 1_000;

    /// <summary>A program judges nobody.</summary>
    public static readonly Refusal NoPerson =
        new("person_required", "Only a person who has signed in may do this, no program: send a token that names a person.");

    /// <summary>What is done to a campaign is done for a reason.</summary>
    public static readonly Refusal ReasonRequired =
        new("reason_required", $"Say in 1 to {ReasonLengthMax} characters why.");

    /// <summary>Every code that is not refused by the state of things.</summary>
    public static readonly RefusalTable Table = new(
        Service,
        malformed: ["campaign_malformed", "reason_required", "state_unknown", "deadline_malformed", "verdict_malformed",
            "justification_required", "items_malformed", "reviewer_malformed"],
        absent: ["campaign_unknown", "item_unknown"],
        unavailable: ["store_not_started", "sources_unavailable"],
        forbidden: ["person_required", "self_review"]);

    public static IResult Answer(Refusal refusal) => Table.Answer(refusal);
}
