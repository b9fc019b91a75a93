using System.Text.Json.Serialization;
using AccessGov.EventSourcing;

namespace AccessGov.BreakGlass.EmergencyAccess;

/// <summary>Says what followed from a case that was not justified: a talk, a sanction, a report to the authorities.</summary>
internal static class CloseFollowUp
{
    private const int OutcomeLengthMax = 4000;

    [JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
    public sealed record Command(string Outcome);

    public static Outcome<EmergencyGrantEvent> Decide(EmergencyGrant state, string by, Command command, DateTimeOffset now) => state switch
    {
        EmergencyGrant.NotInvoked => Refusals.Unknown,
        EmergencyGrant.Reviewed { Case: var about } when about.MayBeOf(by) =>
            new Refusal("self_review", "What follows from an emergency access is said by somebody else than the clinician who used it."),
        EmergencyGrant.Reviewed { FollowUpOpen: true } =>
            string.IsNullOrWhiteSpace(command.Outcome) || !Identifiers.IsText(command.Outcome, OutcomeLengthMax)
            ? new Refusal("outcome_required", $"Say in 1 to {OutcomeLengthMax} characters what followed.")
            : new EmergencyFollowUpClosed(by, command.Outcome, now),
        _ => new Refusal("no_follow_up", "There is no follow-up of this case to close: read it again."),
    };

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/emergency-cases/{id}/follow-up/close", (string id, Command command, CaseCommands cases, HttpContext http) =>
            Caller.Person(http) is { } by
                ? cases.RunAsync(http, id, state => Decide(state, by, command, cases.Now))
                : Task.FromResult(Refusals.Answer(Refusals.NoPerson)))
        .RequireAuthorization(ReviewEmergencyAccess.Scope);
}
