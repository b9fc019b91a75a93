using System.Text.Json.Serialization;
using AccessGov.EventSourcing;

namespace AccessGov.BreakGlass.EmergencyAccess;

/// <summary>Ends an emergency access before its time: the clinician, who does not need it any more, or security.</summary>
internal static class EndEmergencyAccess
{
    public const string Scope = "emergency-access.end";

    [JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
    public sealed record Command(string Reason);

    /// <summary>The clinician ends their own.</summary>
    public static Outcome<EmergencyGrantEvent> Decide(EmergencyGrant state, string person, DateTimeOffset now) => state switch
    {
        EmergencyGrant.Open { Case.Clinician: var clinician } when clinician != person => Refusals.Unknown,
        _ => End(state, EndCauses.Clinician, null, now),
    };

    /// <summary>Security ends anybody's.</summary>
    public static Outcome<EmergencyGrantEvent> Terminate(EmergencyGrant state, Command command, DateTimeOffset now) =>
        string.IsNullOrWhiteSpace(command.Reason) || !Identifiers.IsText(command.Reason, InvokeEmergencyAccess.TextLengthMax)
            ? new Refusal("reason_required", $"Say in 1 to {InvokeEmergencyAccess.TextLengthMax} characters why it is ended.")
            : End(state, EndCauses.Security, command.Reason, now);

    /// <summary>Whoever ends what is over already finds it done.</summary>
    public static Outcome<EmergencyGrantEvent> End(EmergencyGrant state, string cause, string? reason, DateTimeOffset now) => state switch
    {
        EmergencyGrant.NotInvoked => Refusals.Unknown,
        EmergencyGrant.Active { Case.Until: var until } => until <= now
            ? new EmergencyAccessEnded(EndCauses.Expired, null, until)
            : new EmergencyAccessEnded(cause, reason, now),
        _ => Outcome.NothingToDo<EmergencyGrantEvent>(),
    };

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/emergency-access/{id}/end", (string id, CaseCommands cases, HttpContext http) => cases.RunAsync(
                http, id, state => Decide(state, Caller.Person(http) ?? "", cases.Now)))
            .RequireAuthorization(InvokeEmergencyAccess.Scope);
        routes.MapPost(
            "/emergency-cases/{id}/terminate", (string id, Command command, CaseCommands cases, HttpContext http) => cases.RunAsync(
                http, id, state => Terminate(state, command, cases.Now)))
            .RequireAuthorization(Scope);
    }
}
