using System.Text.Json.Serialization;
using AccessGov.EventSourcing;
using AccessGov.PolicyDecision.Evaluation;

namespace AccessGov.PolicyDecision.AccessRequests;

/// <summary>The page that a denial leads to: whoever was denied asks in person. It is the same request as that of the enforcement point, whose task it stays.</summary>
internal static class AskInPerson
{
    [JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
    public sealed record Command(int Hours, string Justification);

    /// <summary>What is wrong with how the person asks; null when nothing is.</summary>
    public static Refusal? Malformed(Command command, int hoursMax) =>
        command.Hours < 1 || command.Hours > hoursMax ? new Refusal("hours_malformed", $"Access can be asked for from 1 to {hoursMax} hours.")
        : !Identifiers.IsText(command.Justification, 1000) ? new Refusal("reason_required", "Say in at most 1000 characters why you need access.")
        : null;

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/access-offers/{evaluationId}", async (string evaluationId, AccessOffers offers, HttpContext http) => await offers.FindAsync(http, evaluationId) switch
            {
                (var offer, null) => Results.Ok(new
                {
                    EvaluationId = offer!.Evaluation, offer.AskUntil, offer.Question.SubjectId, offer.Question.Action, offer.Question.ResourceType, offer.Question.ResourceId, Role = offer.Role.Id,
                    RoleDescription = offer.Role.Description, Approver = offer.Role.RequestApprover, HoursMax = offer.Role.RequestHoursMax,
                }),
                (_, var refusal) => Commands.Refuse(refusal),
            })
            .RequireAuthorization("access-requests.ask").WithTags("Access requests");
        routes.MapPost("/access-offers/{evaluationId}/request", AskAsync)
            .RequireAuthorization("access-requests.ask").WithTags("Access requests");
    }

    private static async Task<IResult> AskAsync(string evaluationId, Command command, AccessOffers offers, Commands commands, HttpContext http)
    {
        (AccessOffer? offer, Refusal? refused) = await offers.FindAsync(http, evaluationId);
        if (offer is null || (refused = Malformed(command, offer.Role.RequestHoursMax!.Value)) is not null)
        {
            return Commands.Refuse(refused!);
        }

        EvaluationQuestion question = offer.Question;
        DateTimeOffset now = commands.Now;
        var asked = new AccessRequested(
            question.SubjectType, question.SubjectId, question.Action, question.ResourceType, question.ResourceId, offer.PatientId, offer.Role.Id, offer.Role.RequestApprover!,
            offer.Evaluation, question.Client, now.AddHours(command.Hours), now + RequestAccess.DecideWithin, command.Justification);
        return await commands.RunAsync(
            http, AccessRequest.Streams, offer.Evaluation.ToString(), state => RequestAccess.Decide(state, asked),
            (id, state) => Results.Json(new { id, status = AccessRequestTask.StatusOf(state, commands.Now) }, statusCode: StatusCodes.Status202Accepted));
    }
}
