using System.Text.Json.Serialization;
using AccessGov.EventSourcing;

namespace AccessGov.Recertification.Reviews;

/// <summary>Asks the person what they need it for; the item stays with whoever judges it.</summary>
internal static class AskPerson
{
    [JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
    public sealed record Command(string Question);

    [JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
    public sealed record AnswerCommand(string Answer);

    public static Outcome<ReviewItemEvent> Decide(ReviewItem state, Command command, string reviewer, DateTimeOffset now) => state switch
    {
        _ when ItemRefusals.For(state, reviewer) is { } refused => refused,
        _ when !Identifiers.IsText(command.Question, Refusals.ReasonLengthMax) => Refusals.ReasonRequired,
        _ => new ReviewItemPersonAsked(reviewer, command.Question, now),
    };

    /// <summary>The person answers.</summary>
    public static Outcome<ReviewItemEvent> Answer(ReviewItem state, AnswerCommand command, string person, DateTimeOffset now) => state switch
    {
        ReviewItem.Open { Question: true, About.Person: var asked } when asked == person =>
            Identifiers.IsText(command.Answer, Refusals.ReasonLengthMax)
                ? new ReviewItemPersonAnswered(command.Answer, now)
                : Refusals.ReasonRequired,
        _ => ItemRefusals.Unknown,
    };

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/reviews/{id}/ask", (string id, Command command, ItemCommands items, HttpContext http) => items.RunAsync(
                http, id, (state, reviewer, _) => Decide(state, command, reviewer, items.Now)))
            .RequireAuthorization(DecideItem.Scope);
        routes.MapPost("/reviews/{id}/answer", (string id, AnswerCommand command, ItemCommands items, HttpContext http) => items.RunAsync(
                http, id, (state, person, _) => Answer(state, command, person, items.Now)))
            .RequireAuthorization(DecideItem.Scope);
    }
}
