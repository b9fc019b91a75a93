using System.Text.Json.Serialization;
using AccessGov.EventSourcing;
using AccessGov.Recertification.Campaigns;

namespace AccessGov.Recertification.Reviews;

/// <summary>Whoever runs the campaign asks somebody else instead, and says why: of whoever is on holiday, or left, or has too much.</summary>
internal static class ReassignItem
{
    /// <param name="To">Who is asked now.</param>
    /// <param name="Note">Why.</param>
    [JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
    public sealed record Command(string To, string Note);

    /// <param name="state">The item.</param>
    /// <param name="command">Who is to be asked.</param>
    /// <param name="by">Who wants it.</param>
    /// <param name="isPresent">Whether the one who is to be asked works here and may sign in.</param>
    /// <param name="now">The time.</param>
    public static Outcome<ReviewItemEvent> Decide(ReviewItem state, Command command, string by, bool isPresent, DateTimeOffset now) => state switch
    {
        ReviewItem.NotOpened => ItemRefusals.Unknown,
        ReviewItem.Open { Asked.Reviewer: var asked } when asked == command.To => Outcome.NothingToDo<ReviewItemEvent>(),
        ReviewItem.Open { About.Person: var person } when person == command.To =>
            new Refusal("reviewer_malformed", "Nobody judges what they have themselves: name somebody else."),
        ReviewItem.Open open when open.Asked.Second == command.To || open.First?.By == command.To =>
            new Refusal("reviewer_malformed", "Two people judge this, and that is the other one: name somebody else."),
        ReviewItem.Open when !isPresent =>
            new Refusal("reviewer_malformed", "to is the id of somebody who works here and may sign in."),
        ReviewItem.Open when !CampaignRefusals.IsReason(command.Note) => Refusals.ReasonRequired,
        ReviewItem.Open => new ReviewItemReassigned(by, command.To, command.Note, now),
        _ => ItemRefusals.Decided,
    };

    public static void Map(IEndpointRouteBuilder strong) => strong
        .MapPost("/campaigns/{campaign}/items/{grant}/reassign", async (
            string campaign, string grant, Command command, Roster roster, ItemCommands items, HttpContext http) =>
        {
            bool isPresent = command.To is not null && (await roster.PresentAsync([command.To], http.RequestAborted)).Count > 0;
            return await items.RunAsync(
                http, ReviewItem.IdOf(campaign, grant), (state, by, _) => Decide(state, command, by, isPresent, items.Now));
        });
}
