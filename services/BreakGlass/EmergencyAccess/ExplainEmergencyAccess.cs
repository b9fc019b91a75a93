using System.Text.Json.Serialization;
using AccessGov.EventSourcing;

namespace AccessGov.BreakGlass.EmergencyAccess;

/// <summary>The clinician says more about why, as often as they like: whoever judges reads it.</summary>
internal static class ExplainEmergencyAccess
{
    private const int StatementsLengthMax = 4000;

    [JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
    public sealed record Command(string Statement);

    public static Outcome<EmergencyGrantEvent> Decide(EmergencyGrant state, string person, Command command, DateTimeOffset now) =>
        state switch
    {
        EmergencyGrant.Open { Case.Clinician: var clinician } when clinician == person => Say(command, now),
        EmergencyGrant.Reviewed { Case.Clinician: var clinician } when clinician == person => Say(command, now),
        _ => Refusals.Unknown,
    };

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/emergency-access/{id}/explain", (string id, Command command, CaseCommands cases, HttpContext http) => cases.RunAsync(
            http, id, state => Decide(state, Caller.Person(http) ?? "", command, cases.Now)))
        .RequireAuthorization(InvokeEmergencyAccess.Scope);

    private static Outcome<EmergencyGrantEvent> Say(Command command, DateTimeOffset now) =>
        string.IsNullOrWhiteSpace(command.Statement) || !Identifiers.IsText(command.Statement, StatementsLengthMax)
            ? new Refusal("statement_required", $"Say in 1 to {StatementsLengthMax} characters what the reviewer should know.")
            : new EmergencyAccessExplained(command.Statement, now);
}
