using System.Text.Json.Serialization;
using AccessGov.EventSourcing;
using AccessGov.Recertification.Campaigns;

namespace AccessGov.Recertification.Reviews;

/// <summary>Keeps several low risks in one step. Each is recorded by itself; what is not a low risk is judged by itself.</summary>
internal static class KeepLowRisks
{
    private const int ItemsMax = 200;

    [JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
    public sealed record Command(IReadOnlyList<string> Items);

    /// <param name="Item">Which one.</param>
    /// <param name="Refusal">Why it was not kept; absent when it was.</param>
    /// <param name="Sentence">What that means.</param>
    public sealed record Result(string Item, string? Refusal, string? Sentence);

    public static Outcome<ReviewItemEvent> Decide(ReviewItem state, string reviewer, DateTimeOffset now) => state switch
    {
        ReviewItem.Open { About.Risk: not RiskClass.Low } when ItemRefusals.For(state, reviewer) is null =>
            new Refusal("not_a_low_risk", "Only low risks are kept together: judge it by itself."),
        _ => DecideItem.Decide(state, new DecideItem.Command(Verdict.Keep), reviewer, strong: false, now),
    };

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/reviews/keep", async (Command command, ItemCommands items, HttpContext http) =>
        {
            if (command.Items.Count is 0 or > ItemsMax || command.Items.Contains(null!))
            {
                return Refusals.Answer(new Refusal("items_malformed", $"Name 1 to {ItemsMax} items."));
            }

            if (Caller.Person(http) is not { } reviewer)
            {
                return Refusals.Answer(Refusals.NoPerson);
            }

            var results = new List<Result>();
            foreach (string id in command.Items)
            {
                Refusal? refused = await items.RunOneAsync(http, id, state => Decide(state, reviewer, items.Now));
                results.Add(new Result(id, refused?.Code, refused?.Sentence));
            }

            return Results.Ok(new { results });
        })
        .RequireAuthorization(DecideItem.Scope);
}
