using System.Text.Json.Serialization;
using AccessGov.EventSourcing;

namespace AccessGov.BreakGlass.EmergencyAccess;

/// <summary>Judges an emergency access. Whatever is not justified opens a follow-up.</summary>
internal static class ReviewEmergencyAccess
{
    public const string Scope = "emergency-access.review";
    private const int FindingsLengthMax = 4000;

    public static readonly Refusal SelfReview = new("self_review", "Emergency access is reviewed by somebody else than the clinician who used it.");

    public static readonly Refusal AlreadyReviewed = new("already_reviewed", "Somebody has judged this case already: read the verdict on its page.");

    [JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
    public sealed record Command(Verdict Verdict, string Findings);

    public static Outcome<EmergencyGrantEvent> Decide(EmergencyGrant state, string reviewer, Command command, DateTimeOffset now) => state switch
    {
        EmergencyGrant.NotInvoked => Refusals.Unknown,

        // Nobody judges their own emergency.
        EmergencyGrant.Open { Case.Clinician: var clinician } when clinician == reviewer => SelfReview,
        _ when string.IsNullOrWhiteSpace(command.Findings) || !Identifiers.IsText(command.Findings, FindingsLengthMax) =>
            new Refusal("findings_required", $"Say in 1 to {FindingsLengthMax} characters what the verdict rests on."),
        EmergencyGrant.Active => new Refusal("not_ended", "Emergency access is reviewed after it has ended: end it, or wait until it has run out."),
        EmergencyGrant.AwaitingReview { Case.ReviewDue: var due } =>
            new EmergencyAccessReviewed(reviewer, command.Verdict, command.Findings, Late: now > due, now),

        // A retried review is not an error.
        EmergencyGrant.Reviewed { Reviewer: var before, Verdict: var verdict } when before == reviewer && verdict == command.Verdict =>
            Outcome.NothingToDo<EmergencyGrantEvent>(),
        _ => AlreadyReviewed,
    };

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/emergency-cases/{id}/review", (string id, Command command, CaseCommands cases, HttpContext http) => Caller.Person(http) is { } reviewer
            ? cases.RunAsync(http, id, state => Decide(state, reviewer, command, cases.Now))
            : Task.FromResult(Refusals.Answer(Refusals.NoPerson)))
        .RequireAuthorization(Scope);
}
