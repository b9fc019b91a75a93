using System.Text.Json.Serialization;
using AccessGov.BreakGlass.Evidence;
using AccessGov.EventSourcing;

namespace AccessGov.BreakGlass.EmergencyAccess;

/// <summary>Judges an emergency access. Whatever is not justified opens a follow-up.</summary>
internal static class ReviewEmergencyAccess
{
    public const string Scope = "emergency-access.review";
    private const int FindingsLengthMax = 4000;

    public static readonly Refusal SelfReview =
        new("self_review", "Emergency access is reviewed by somebody else than the clinician who used it.");

    public static readonly Refusal AlreadyReviewed =
        new("already_reviewed", "Somebody has judged this case already: read the verdict on its page.");

    [JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
    public sealed record Command(Verdict Verdict, string Findings);

    /// <param name="state">The case.</param>
    /// <param name="reviewer">Who judges.</param>
    /// <param name="command">The verdict.</param>
    /// <param name="now">The time.</param>
    /// <param name="evidence">What it was found from; null when that is not known, which keeps nobody from judging.</param>
    public static Outcome<EmergencyGrantEvent> Decide(
        EmergencyGrant state, string reviewer, Command command, DateTimeOffset now, ReviewedEvidence? evidence = null) => state switch
    {
        EmergencyGrant.NotInvoked => Refusals.Unknown,

        // Nobody judges their own emergency.
        EmergencyGrant.Open { Case: var about } when about.MayBeOf(reviewer) => SelfReview,
        _ when string.IsNullOrWhiteSpace(command.Findings) || !Identifiers.IsText(command.Findings, FindingsLengthMax) =>
            new Refusal("findings_required", $"Say in 1 to {FindingsLengthMax} characters what the verdict rests on."),
        EmergencyGrant.Active =>
            new Refusal("not_ended", "Emergency access is reviewed after it has ended: end it, or wait until it has run out."),
        EmergencyGrant.AwaitingReview { Case.ReviewDue: var due } =>
            new EmergencyAccessReviewed(
                reviewer, command.Verdict, command.Findings, Late: now > due, now, evidence?.Score, evidence?.Reasons,
                evidence?.Department),

        // A retried review is not an error.
        EmergencyGrant.Reviewed { Reviewer: var before, Verdict: var verdict } when before == reviewer && verdict == command.Verdict =>
            Outcome.NothingToDo<EmergencyGrantEvent>(),
        _ => AlreadyReviewed,
    };

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/emergency-cases/{id}/review",
            async (string id, Command command, CaseCommands cases, GatherEvidence gather, HttpContext http) =>
        {
            if (Caller.Person(http) is not { } reviewer)
            {
                return Refusals.Answer(Refusals.NoPerson);
            }

            ReviewedEvidence? evidence = await gather.ForVerdictAsync(id, reviewer, http.RequestAborted);
            return await cases.RunAsync(http, id, state => Decide(state, reviewer, command, cases.Now, evidence));
        })
        .RequireAuthorization(Scope);
}
