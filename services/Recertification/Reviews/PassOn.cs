using System.Text.Json.Serialization;
using AccessGov.EventSourcing;

namespace AccessGov.Recertification.Reviews;

/// <summary>Not mine: the next one by the rule of reviewers is asked.</summary>
internal static class PassOn
{
    [JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
    public sealed record Command(string Note);

    public static Outcome<ReviewItemEvent> Decide(ReviewItem state, Command command, string reviewer, DateTimeOffset now) => state switch
    {
        ReviewItem.Open { Asked.Reviewer: var asked } when asked != reviewer => ItemRefusals.Unknown,
        ReviewItem.Open when !Identifiers.IsText(command.Note, Refusals.ReasonLengthMax) => Refusals.ReasonRequired,
        ReviewItem.Open { Asked.Next: [] } =>
            new Refusal("nobody_else", "Nobody else may judge it: judge it, or tell whoever runs the campaign."),
        ReviewItem.Open { Asked.Next: [var next, ..] } => new ReviewItemPassedOn(reviewer, next, command.Note, now),
        _ => ItemRefusals.For(state, reviewer) ?? ItemRefusals.Unknown,
    };

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/reviews/{id}/pass-on", (string id, Command command, ItemCommands items, HttpContext http) => items.RunAsync(
            http, id, (state, reviewer, _) => Decide(state, command, reviewer, items.Now)))
        .RequireAuthorization(DecideItem.Scope);
}
