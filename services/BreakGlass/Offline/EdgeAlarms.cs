using AccessGov.BreakGlass.Alerts;
using AccessGov.BreakGlass.EmergencyAccess;
using AccessGov.EventSourcing;

namespace AccessGov.BreakGlass.Offline;

/// <summary>What became of an alarm of an edge, in the history of the edge's day.</summary>
internal sealed class EdgeAlarms(UnattendedCommands commands)
{
    /// <summary>Said once, however often it is tried.</summary>
    public static Outcome<EdgeEvent> Decide(EdgeDay state, EdgeEvent told) =>
        state.Told.Contains(EdgeDay.KeyOf(told)) ? Outcome.NothingToDo<EdgeEvent>() : told;

    /// <summary>Answers why it could not be written; null when it was.</summary>
    /// <param name="alert">The alarm.</param>
    /// <param name="told">What became of it, as a case would have it.</param>
    /// <param name="metadata">Who says so.</param>
    /// <param name="cancellation">Ends the command.</param>
    public Task<Refusal?> RecordAsync(Alert alert, EmergencyGrantEvent told, EventMetadata metadata, CancellationToken cancellation)
    {
        (string edge, string code) = (alert.Person, alert.ReasonCode);
        EdgeEvent own = told switch
        {
            EmergencyAlertDelivered e => new EmergencyEdgeAlarmDelivered(edge, e.Alert, code, e.Audience, e.Channel, e.At),
            EmergencyAlertFailed e => new EmergencyEdgeAlarmFailed(edge, e.Alert, code, e.Audience, e.Channel, e.Failure, e.At),
            _ => throw new InvalidOperationException($"{told.GetType().Name} says nothing of an alert."),
        };
        return commands.RunAsync(EdgeDay.Streams, EdgeDay.IdOf(edge, alert.At), state => Decide(state, own), metadata, null, cancellation);
    }
}
