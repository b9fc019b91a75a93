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

    private static readonly Refusal RaisedAgain =
        new("edge_alarm_raised_again", "It was raised again since you looked: read what came since, and say then what you found.");

    /// <param name="Code">Of which alarm.</param>
    /// <param name="Findings">What was found and done.</param>
    /// <param name="Raised">How often it was raised, as the day says it to whoever looks.</param>
    [JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
    public sealed record Command(string Code, string Findings, long Raised);

    public static Outcome<EdgeEvent> Decide(EdgeDay state, string edge, string by, Command command, DateTimeOffset now) =>
        !Identifiers.IsText(command.Findings, FindingsLengthMax) ? NoFindings
        : state.RaisedOf(command.Code) == 0 ? Unknown

        // A retried one is not an error; other findings are another thing to say, and are not dropped without a word.
        : state.Settled.GetValueOrDefault(command.Code) == new EdgeDay.Settlement(by, command.Findings, command.Raised)
            ? Outcome.NothingToDo<EdgeEvent>()
        : command.Raised != state.RaisedOf(command.Code) ? RaisedAgain
        : state.IsAlarmed(command.Code) ? new EmergencyEdgeAlarmSettled(edge, command.Code, by, command.Findings, now)
        : Settled;

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/emergency-edges/{edge}/days/{day}/settle",
            (string edge, string day, Command command, CommandRunner commands, HttpContext http) =>
                Caller.Person(http) is not { } by ? Task.FromResult(Refusals.Answer(Refusals.NoPerson))
                : !EdgeDay.IsDay(day) ? Task.FromResult(Refusals.Answer(EdgeDay.DayMalformed))
                : commands.RunAsync(http, EdgeDay.Streams, $"{edge}-{day}", state => Decide(state, edge, by, command, commands.Now)))
        .RequireAuthorization(ReviewEmergencyAccess.Scope);
}
