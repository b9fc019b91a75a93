using System.Text.Json.Serialization;
using AccessGov.EventSourcing;
using AccessGov.Recertification.Campaigns;

namespace AccessGov.Recertification.Reviews;

/// <summary>
/// Judges an item. What takes something away is carried out at once; where two judge, what leaves it waits for the second. What
/// PolicyDecision refused to carry out, whoever decided it decides anew.
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
        ReviewItem.Decided { Decision: var before } when IsSame(before, command, reviewer) => Outcome.NothingToDo<ReviewItemEvent>(),
        ReviewItem.Applied { Decision: var before } when IsSame(before, command, reviewer) => Outcome.NothingToDo<ReviewItemEvent>(),
        ReviewItem.Open { First: { } before } when IsSame(before, command, reviewer) => Outcome.NothingToDo<ReviewItemEvent>(),
        ReviewItem.Decided { Decision.By: var by, About: var about, Fault: { } fault } when by == reviewer && IsRefused(fault) =>
            Judge(about, about.Assignment.Second is { } second && second != reviewer, command, reviewer, strong, now),
        _ when ItemRefusals.For(state, reviewer) is { } refused => refused,
        ReviewItem.Open open => Judge(open.About, open.Asked.Second is not null, command, reviewer, strong, now),
        _ => throw new InvalidOperationException($"{state.GetType().Name} is not a known state of an item."),
    };

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/reviews/{id}/decide", (string id, Command command, ItemCommands items, HttpContext http) => items.RunAsync(
            http, id, (state, reviewer, strong) => Decide(state, command, reviewer, strong, items.Now)))
        .RequireAuthorization(Scope);

    private static Outcome<ReviewItemEvent> Judge(
        ReviewItemOpened about, bool anotherJudges, Command command, string reviewer, bool strong, DateTimeOffset now) =>
        about.Risk == RiskClass.High && !strong ? ItemRefusals.StepUp
        : Malformed(about, command, now) is { } malformed ? malformed
        : new ReviewItemDecided(
            reviewer, command.Verdict, UntilOf(command), RoleOf(command), ReadOnlyOf(command), command.Justification,
            Final: command.Verdict == Verdict.Revoke || !anotherJudges, now);

    private static bool IsSame(ReviewItemDecided before, Command command, string reviewer) =>
        (before.By, before.Verdict, before.Until, before.Role, before.ReadOnly, before.Justification)
        == (reviewer, command.Verdict, UntilOf(command), RoleOf(command), ReadOnlyOf(command), command.Justification);

    private static DateTimeOffset? UntilOf(Command command) => command.Verdict == Verdict.KeepUntil ? command.Until : null;

    private static string? RoleOf(Command command) => command.Verdict == Verdict.Reduce ? command.Role : null;

    private static bool ReadOnlyOf(Command command) => command is { Verdict: Verdict.Reduce, Role: null };

    // Nothing was changed then: what was refused can be decided anew. Where nobody knows what was changed, it is found out first.
    private static bool IsRefused(string fault) => fault is not (Faults.Unavailable or Faults.StillPermitted);

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
