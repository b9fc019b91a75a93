using AccessGov.BreakGlass.EmergencyAccess;
using AccessGov.EventSourcing;

namespace AccessGov.BreakGlass.Offline;

/// <summary>The edges, what they alarmed of, and what came from one on one day.</summary>
internal static class ShowEdges
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/emergency-edges", async (EdgePresence presence, EdgeAlarmList alarms, CancellationToken cancellation) => Results.Ok(
                new { edges = await presence.ReadAsync(cancellation), alarms = await alarms.ReadAsync(cancellation) }))
            .RequireAuthorization(ReviewEmergencyAccess.Scope);
        routes.MapGet("/emergency-edges/{edge}/days/{day}", DayAsync).RequireAuthorization(ReviewEmergencyAccess.Scope);
    }

    /// <summary>The day's history, with the refusals that an alarm of it tells of.</summary>
    private static async Task<IResult> DayAsync(string edge, string day, IEventStore store, CancellationToken cancellation)
    {
        EventStream stream = await store.LoadAsync(EdgeDay.Streams.StreamId($"{edge}-{day}"), cancellation);
        if (stream.Events.Count == 0)
        {
            return Refusals.Answer(SettleEdgeAlarm.Unknown);
        }

        EdgeDay state = EdgeDay.Streams.Fold(stream);
        List<StoredEvent> history = [.. stream.Events];
        foreach (long line in stream.Events.Select(stored => (stored.Data as EmergencyEdgeAlarmRaised)?.Line).OfType<long>().Distinct())
        {
            history.AddRange((await store.LoadAsync(RefusalRun.Streams.StreamId(RefusalRun.IdOf(edge, line)), cancellation)).Events);
        }

        return Results.Ok(new
        {
            edge, day, open = state.Alarmed.Order(StringComparer.Ordinal),
            history = history.OrderBy(stored => stored.RecordedAt)
                .Select(stored => new ShowCase.Step(stored.Name, stored.RecordedAt, stored.Metadata.Actor, stored.Data)),
        });
    }
}
