using AccessGov.EventSourcing;

namespace AccessGov.BreakGlass.EmergencyAccess;

/// <summary>Takes the review of a case upon oneself, so that two do not do it. Another one may take it over.</summary>
internal static class TakeReview
{
    public static Outcome<EmergencyGrantEvent> Decide(EmergencyGrant state, string reviewer, DateTimeOffset now) => state switch
    {
        EmergencyGrant.NotInvoked => Refusals.Unknown,
        EmergencyGrant.Open { Case: var about } when about.MayBeOf(reviewer) => ReviewEmergencyAccess.SelfReview,
        EmergencyGrant.Open { Case.Owner: var owner } when owner == reviewer => Outcome.NothingToDo<EmergencyGrantEvent>(),
        EmergencyGrant.Open => new EmergencyReviewTaken(reviewer, now),
        _ => ReviewEmergencyAccess.AlreadyReviewed,
    };

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/emergency-cases/{id}/take", (string id, CaseCommands cases, HttpContext http) => Caller.Person(http) is { } reviewer
            ? cases.RunAsync(http, id, state => Decide(state, reviewer, cases.Now))
            : Task.FromResult(Refusals.Answer(Refusals.NoPerson)))
        .RequireAuthorization(ReviewEmergencyAccess.Scope);
}
