using AccessGov.EventSourcing;
using AccessGov.Recertification.Campaigns;

namespace AccessGov.Recertification.Reviews;

/// <summary>Gives back what was taken, within a day: an error is undone in one step. Later it is given as anything is.</summary>
internal static class RestoreAccess
{
    /// <summary>So long what was taken is given back.</summary>
    public static readonly TimeSpan Within = TimeSpan.FromHours(24);

    /// <param name="state">The item.</param>
    /// <param name="command">Why.</param>
    /// <param name="reviewer">Who wants it: whoever decided; the second reviewer where there is one, because nothing of theirs stays by one word.</param>
    /// <param name="strong">Whether they signed in strongly.</param>
    /// <param name="now">The time.</param>
    public static Outcome<ReviewItemEvent> Decide(ReviewItem state, ReasonedCommand command, string reviewer, bool strong, DateTimeOffset now) =>
        state switch
        {
            ReviewItem.Applied { Decision.By: var by, About.Assignment.Second: var second } when by != reviewer && second != reviewer =>
                ItemRefusals.Unknown,
            ReviewItem.Applied { About.Assignment.Second: { } second } when second != reviewer =>
                new Refusal("second_reviewer_required", "Two judge whether this stays: the second reviewer gives it back."),
            ReviewItem.Applied { Decision.Verdict: Verdict.Keep } => new Refusal("nothing_taken", "Nothing was taken: there is nothing to give back."),
            ReviewItem.Applied { About.Risk: RiskClass.High } when !strong => ItemRefusals.StepUp,
            ReviewItem.Applied { How.At: var at } when now - at > Within =>
                new Refusal("restore_too_late", $"What was taken is given back within {Within.TotalHours:0} hours: let it be given anew."),
            ReviewItem.Applied when !CampaignRefusals.IsReason(command.Reason) => Refusals.ReasonRequired,
            ReviewItem.Applied => new ReviewItemRestoreAsked(reviewer, command.Reason, now),
            ReviewItem.Restoring { Wanted.By: var by } when by == reviewer => Outcome.NothingToDo<ReviewItemEvent>(),
            ReviewItem.Restored { By: var by } when by == reviewer => Outcome.NothingToDo<ReviewItemEvent>(),
            ReviewItem.Decided { Decision.By: var by } when by == reviewer =>
                new Refusal("not_applied_yet", "It is not carried out yet: try again in a moment."),
            _ => ItemRefusals.Unknown,
        };

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/reviews/{id}/restore", (string id, ReasonedCommand command, ItemCommands items, HttpContext http) => items.RunAsync(
            http, id, (state, reviewer, strong) => Decide(state, command, reviewer, strong, items.Now), alsoOver: true))
        .RequireAuthorization(DecideItem.Scope);
}
