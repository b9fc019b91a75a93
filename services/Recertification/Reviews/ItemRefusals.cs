using AccessGov.EventSourcing;

namespace AccessGov.Recertification.Reviews;

/// <summary>Why nothing can be done to an item.</summary>
internal static class ItemRefusals
{
    public static readonly Refusal Unknown = new("item_unknown", "There is no such item, or it is not yours to judge.");

    public static readonly Refusal Own = new("self_review", "Nobody judges what they have themselves: say that it is not yours, and the next one is asked.");

    public static readonly Refusal Decided = new("already_decided", "It is decided already: read it again.");

    public static readonly Refusal StepUp = new("step_up_required", "A high risk needs a sign-in with a second factor: sign in again with it.");

    public static readonly Refusal NotRunning = new("campaign_not_running", "Nobody decides in this campaign now: it rests, or is over.");

    /// <summary>Why somebody may not judge an item in that state; null when they may.</summary>
    public static Refusal? For(ReviewItem state, string reviewer) => state switch
    {
        ReviewItem.Open { About.Person: var person } when person == reviewer => Own,
        ReviewItem.Open { Asked.Reviewer: var asked } => asked == reviewer ? null : Unknown,
        ReviewItem.NotOpened => Unknown,
        _ => Decided,
    };
}
