using System.Text.Json.Serialization;
using AccessGov.EventSourcing;
using AccessGov.Recertification.Campaigns;

namespace AccessGov.Recertification.Reviews;

/// <summary>
/// Judges an item. What takes something away is carried out at once; where two judge, what leaves it waits for the second.
/// </summary>
internal static class DecideItem
{
    public const string Scope = "reviews.decide";
    private static readonly TimeSpan KeptAtMost = TimeSpan.FromDays(366);

    /// <param name="Verdict">keep, keep_until, reduce or revoke.</param>
    /// <param name="Until">Until when it is kept, for keep_until.</param>
    /// <param name="Role">The role that is enough, for reduce; reading of the same role is enough where it is absent.</param>
    /// <param name="Justification">Why; needed to leave a high risk.</param>
    [JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
    public sealed record Command(
        Verdict Verdict, [property: JsonConverter(typeof(InstantConverter))] DateTimeOffset? Until = null, string? Role = null,
        string? Justification = null);

    /// <param name="state">The item.</param>
    /// <param name="command">What is decided.</param>
    /// <param name="reviewer">By whom.</param>
    /// <param name="strong">Whether they signed in strongly.</param>
    /// <param name="now">The time.</param>
    public static Outcome<ReviewItemEvent> Decide(ReviewItem state, Command command, string reviewer, bool strong, DateTimeOffset now) => state switch
    {
        // A decision that is sent again is not an error.
        ReviewItem.Decided { Decision: var before } when before.By == reviewer && before.Verdict == command.Verdict =>
            Outcome.NothingToDo<ReviewItemEvent>(),
        ReviewItem.Applied { Decision: var before } when before.By == reviewer && before.Verdict == command.Verdict =>
            Outcome.NothingToDo<ReviewItemEvent>(),
        ReviewItem.Open { First: { } before } when before.By == reviewer && before.Verdict == command.Verdict =>
            Outcome.NothingToDo<ReviewItemEvent>(),
        _ when ItemRefusals.For(state, reviewer) is { } refused => refused,
        ReviewItem.Open { About.Risk: RiskClass.High } when !strong => ItemRefusals.StepUp,
        ReviewItem.Open open => Malformed(open.About, command, now) is { } malformed ? malformed : new ReviewItemDecided(
            reviewer, command.Verdict, command.Verdict == Verdict.KeepUntil ? command.Until : null,
            command.Verdict == Verdict.Reduce ? command.Role : null, command.Verdict == Verdict.Reduce && command.Role is null,
            command.Justification, Final: command.Verdict == Verdict.Revoke || open.Asked.Second is null, now),
        _ => throw new InvalidOperationException($"{state.GetType().Name} is not a known state of an item."),
    };

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/reviews/{id}/decide", (string id, Command command, ItemCommands items, HttpContext http) => items.RunAsync(
            http, id, (state, reviewer, strong) => Decide(state, command, reviewer, strong, items.Now)))
        .RequireAuthorization(Scope);

    private static Refusal? Malformed(ReviewItemOpened about, Command command, DateTimeOffset now) => command switch
    {
        { Verdict: Verdict.KeepUntil, Until: var until } when until is null || until <= now || until - now > KeptAtMost =>
            new Refusal("verdict_malformed", $"until is in the future, and at most {KeptAtMost.TotalDays:0} days away."),
        { Verdict: Verdict.KeepUntil, Until: var until } when about.Until <= until =>
            new Refusal("verdict_malformed", "It ends sooner by itself: keep it, or say an earlier day."),
        { Verdict: Verdict.Reduce, Role: null } when about.ReadOnly =>
            new Refusal("verdict_malformed", "It reads only already: name the role that is enough, or revoke it."),
        { Verdict: Verdict.Reduce, Role: { } role } when role == about.Role || !Identifiers.IsOwn(role) =>
            new Refusal("verdict_malformed", "role is the id of another role."),
        { Justification: { } text } when !Identifiers.IsText(text, Refusals.ReasonLengthMax) => Refusals.ReasonRequired,
        { Justification: null, Verdict: not Verdict.Revoke } when about.Risk == RiskClass.High =>
            new Refusal("justification_required", "It is a high risk: say why the person needs it."),
        _ => null,
    };
}
