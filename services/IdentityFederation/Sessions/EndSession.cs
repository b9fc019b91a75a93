using System.Text.Json.Serialization;
using AccessGov.EventSourcing;

namespace AccessGov.IdentityFederation.Sessions;

/// <summary>Ends a session: its owner from another one, or somebody with the right to.</summary>
internal static class EndSession
{
    [JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
    public sealed record Command(string Reason);

    /// <param name="state">The session.</param>
    /// <param name="cause">Why, in a word of <see cref="SessionEnds"/>.</param>
    /// <param name="reason">Why, in the words of whoever ends it for somebody else.</param>
    /// <param name="now">The time.</param>
    /// <param name="owner">Whose it has to be; anybody's when null.</param>
    public static Outcome<SessionEvent> Decide(Session state, string cause, string? reason, DateTimeOffset now, string? owner = null) => state switch
    {
        _ when cause == SessionEnds.EndedBySecurity && (reason is null || !Identifiers.IsText(reason, 1000)) => Refusals.NoReason,

        // Somebody else's session does not exist for its owner.
        Session.Open open when owner is not null && open.Person != owner => Session.Absent,
        Session.Ended ended when owner is not null && ended.Person != owner => Session.Absent,
        Session.Open open => new SessionEnded(open.Person, cause, reason, now),
        Session.Ended => Outcome.NothingToDo<SessionEvent>(),
        _ => Session.Absent,
    };

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/sessions/{id}/end", (string id, Command command, CommandRunner commands, HttpContext http) =>
            commands.RunAsync(http, Session.Streams, id, state => Decide(state, SessionEnds.EndedBySecurity, command.Reason, commands.Now)))
            .RequireAuthorization("sessions.manage");
        routes.MapPost("/me/sessions/{id}/end", (string id, CommandRunner commands, HttpContext http) =>
            Caller.Person(http) is { } person
                ? commands.RunAsync(http, Session.Streams, id, state => Decide(state, SessionEnds.EndedByOwner, null, commands.Now, person))
                : Task.FromResult(Refusals.Answer(SessionList.NobodyAsks)))
            .RequireAuthorization("sessions.own");
        routes.MapPost("/people/{id}/sessions/end", EndAllAsync).RequireAuthorization("sessions.manage");
    }

    /// <summary>Ends every session of a person, each of which ends once however often it is asked for.</summary>
    internal static async Task<IResult> EndAllAsync(
        string id, Command command, OpenSessions sessions, IEventStore store, CommandRunner commands, HttpContext http)
    {
        if (commands.Refused(http) is { } refused)
        {
            return Refusals.Answer(refused);
        }

        if (!Identifiers.IsText(command.Reason, 1000))
        {
            return Refusals.Answer(Refusals.NoReason);
        }

        var ended = new List<AppendReceipt>();
        foreach (OpenSession session in sessions.Of(id))
        {
            // What ends goes on ending when whoever asked has gone.
            switch (await store.RunAsync(
                Session.Streams, session.Id, state => Decide(state, SessionEnds.EndedBySecurity, command.Reason, commands.Now),
                Caller.Metadata(http), cancellation: CancellationToken.None))
            {
                case CommandResult<Session>.Accepted accepted:
                    ended.Add(accepted.Receipt);
                    break;
                case CommandResult<Session>.Refused { Reason: var refusal }:
                    return Refusals.Answer(refusal);
            }
        }

        await commands.TellPositionAsync(http, ended);
        return Results.Ok(new { ended = ended.Count });
    }
}
