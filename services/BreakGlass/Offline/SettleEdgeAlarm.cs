using System.Text.Json.Serialization;
using AccessGov.BreakGlass.EmergencyAccess;
using AccessGov.EventSourcing;

namespace AccessGov.BreakGlass.Offline;

/// <summary>Somebody has looked at what an edge alarmed of, and says what they found.</summary>
internal static class SettleEdgeAlarm
{
    public const int FindingsLengthMax = 4000;

    public static readonly Refusal Unknown = new("edge_alarm_unknown", "This edge raised no such alarm on that day.");

    private static readonly Refusal Settled =
        new("edge_alarm_settled", "Somebody has looked at this alarm already: read what they found.");

    private static readonly Refusal NoFindings =
        new("findings_required", $"Say in 1 to {FindingsLengthMax} characters what was found and done.");

    [JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
    public sealed record Command(string Code, string Findings);

    public static Outcome<EdgeEvent> Decide(EdgeDay state, string edge, string by, Command command, DateTimeOffset now) =>
        !Identifiers.IsText(command.Findings, FindingsLengthMax) ? NoFindings
        : state.Alarmed.Contains(command.Code) ? new EmergencyEdgeAlarmSettled(edge, command.Code, by, command.Findings, now)
        : !state.Settled.TryGetValue(command.Code, out string? before) ? Unknown

        // A retried one is not an error.
        : before == by ? Outcome.NothingToDo<EdgeEvent>()
        : Settled;

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/emergency-edges/{edge}/days/{day}/settle",
            (string edge, string day, Command command, CommandRunner commands, HttpContext http) => Caller.Person(http) is { } by
                ? commands.RunAsync(
                    http, EdgeDay.Streams, $"{edge}-{day}", state => Decide(state, edge, by, command, commands.Now))
                : Task.FromResult(Refusals.Answer(Refusals.NoPerson)))
        .RequireAuthorization(ReviewEmergencyAccess.Scope);
}
