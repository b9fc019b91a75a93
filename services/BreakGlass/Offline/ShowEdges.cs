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

    /// <summary>The day's history, with what was refused on it.</summary>
    private static async Task<IResult> DayAsync(
        string edge, string day, IEventStore store, EdgeRefusals refusals, CancellationToken cancellation)
    {
        if (!EdgeDay.IsDay(day))
        {
            return Refusals.Answer(EdgeDay.DayMalformed);
        }

        // A day may have nothing but what was refused.
        EventStream stream = await store.LoadAsync(EdgeDay.Streams.StreamId($"{edge}-{day}"), cancellation);
        IReadOnlyList<EdgeRefusals.Total> totals = await refusals.TotalsAsync(edge, day, cancellation);
        if (stream.Events.Count == 0 && totals.Count == 0)
        {
            return Refusals.Answer(SettleEdgeAlarm.Unknown);
        }

        EdgeDay state = EdgeDay.Streams.Fold(stream);
        IEnumerable<string> alarms = stream.Events.Select(stored => (stored.Data as EmergencyEdgeAlarmRaised)?.Line).OfType<long>()
            .Select(line => RefusalRun.IdOf(edge, line));
        IEnumerable<StoredEvent> history = stream.Events.Concat(await refusals.ReadAsync(edge, day, alarms, cancellation));
        return Results.Ok(new
        {
            edge, day,
            open = state.Alarmed.Order(StringComparer.Ordinal).Select(code => new { code, raised = state.RaisedOf(code) }),
            refused = totals,
            history = history.OrderBy(stored => stored.RecordedAt).ThenBy(stored => stored.Sequence)
                .Select(stored => new ShowCase.Step(stored.Name, stored.RecordedAt, stored.Metadata.Actor, stored.Data)),
        });
    }
}
