using System.Text.Json.Serialization;
using AccessGov.EventSourcing;
using Microsoft.Extensions.Options;

namespace AccessGov.BreakGlass.Offline;

/// <summary>
/// An edge says that its own journal was changed, or is an older one than it was: what is wrong cannot be sent, and security hears of it.
/// </summary>
internal static class ReportBrokenJournal
{
    /// <param name="At">The number of the first line that is wrong, or of the last that is there.</param>
    /// <param name="Reason">broken or put_back.</param>
    [JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
    public sealed record Command(long At, string Reason);

    private static readonly Refusal Malformed = new(
        "report_malformed", "at is the number of a line, from 0 on, and reason is broken or put_back.");

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/edge-journals/{edge}/broken", RunAsync)
        .RequireAuthorization(MergeEdgeJournal.Scope);

    private static async Task<IResult> RunAsync(
        string edge, Command command, UnattendedCommands unattended, CommandRunner commands, IOptions<OfflineOptions> options,
        HttpContext http)
    {
        if ((ShowCapabilities.RefusedEdge(edge, options.Value, http) ?? commands.Refused(http)) is { } refused)
        {
            return Refusals.Answer(refused);
        }

        if (command.At < 0 || command.Reason is not (EdgeDay.Broken or EdgeDay.PutBack))
        {
            return Refusals.Answer(Malformed);
        }

        DateTimeOffset now = commands.Now;
        var broken = new EmergencyEdgeJournalBroken(edge, command.At, now, command.Reason);
        Refusal? not = await unattended.RunAsync(
            EdgeDay.Streams, EdgeDay.IdOf(edge, now), state => EdgeDay.Decide(state, broken, now), Caller.Metadata(http), null,
            http.RequestAborted);
        return not is null ? Results.NoContent() : Refusals.Answer(not);
    }
}
