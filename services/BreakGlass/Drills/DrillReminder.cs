using AccessGov.BreakGlass.EmergencyAccess;
using AccessGov.EventSourcing;

namespace AccessGov.BreakGlass.Drills;

/// <summary>What became of a reminder, in the history of the drills.</summary>
internal sealed class DrillReminder(UnattendedCommands commands)
{
    /// <summary>Said once, however often it is tried.</summary>
    public static Outcome<DrillEvent> Decide(DrillWatch state, DrillEvent told) => state switch
    {
        DrillWatch.Watched { Told: var known } => known.Contains(DrillWatch.KeyOf(told)) ? Outcome.NothingToDo<DrillEvent>() : told,
        _ => Refusals.Unknown,
    };

    /// <summary>Answers why it could not be written; null when it was.</summary>
    /// <param name="told">What became of the alert, as a case would have it.</param>
    /// <param name="metadata">Who says so.</param>
    /// <param name="cancellation">Ends the command.</param>
    public Task<Refusal?> RecordAsync(EmergencyGrantEvent told, EventMetadata metadata, CancellationToken cancellation)
    {
        DrillEvent own = told switch
        {
            EmergencyAlertDelivered e => new EmergencyDrillReminderDelivered(e.Alert, e.Audience, e.Channel, e.At),
            EmergencyAlertFailed e => new EmergencyDrillReminderFailed(e.Alert, e.Audience, e.Channel, e.Failure, e.At),
            _ => throw new InvalidOperationException($"{told.GetType().Name} says nothing of an alert."),
        };
        return commands.RunAsync(DrillWatch.Streams, DrillWatch.Id, state => Decide(state, own), metadata, null, cancellation);
    }
}
