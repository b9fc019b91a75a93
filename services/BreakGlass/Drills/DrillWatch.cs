using System.Collections.Immutable;
using AccessGov.EventSourcing;

namespace AccessGov.BreakGlass.Drills;

internal abstract record DrillEvent;

/// <summary>From now on the hospital is reminded of its drills.</summary>
[EventName("emergency_drills_watched")]
internal sealed record EmergencyDrillsWatched(DateTimeOffset At) : DrillEvent;

/// <summary>Nobody has practised for too long.</summary>
/// <param name="LastAt">When the last drill was; null when there was none.</param>
/// <param name="At">When this was found.</param>
[EventName("emergency_drill_due")]
internal sealed record EmergencyDrillDue(DateTimeOffset? LastAt, DateTimeOffset At) : DrillEvent;

/// <summary>Somebody was reminded: a channel took the alert.</summary>
[EventName("emergency_drill_reminder_delivered")]
internal sealed record EmergencyDrillReminderDelivered(Guid Alert, string Audience, string Channel, DateTimeOffset At) : DrillEvent;

/// <summary>A channel did not take the reminder; the next one is tried.</summary>
[EventName("emergency_drill_reminder_failed")]
internal sealed record EmergencyDrillReminderFailed(Guid Alert, string Audience, string Channel, string Failure, DateTimeOffset At)
    : DrillEvent;

/// <summary>Whether the hospital practises its emergencies: one stream, a few events a year.</summary>
internal abstract record DrillWatch
{
    /// <summary>The only id.</summary>
    public const string Id = "hospital";

    private DrillWatch() { }

    public static StreamKind<DrillWatch, DrillEvent> Streams { get; } = new("emergency-drills", new NotWatched(), Evolve);

    public static DrillWatch Evolve(DrillWatch state, DrillEvent @event) => (state, @event) switch
    {
        (NotWatched, EmergencyDrillsWatched e) => new Watched(e.At, null, []),
        (Watched w, EmergencyDrillDue e) => new Watched(w.Since, e.At, []),
        (Watched w, EmergencyDrillReminderDelivered or EmergencyDrillReminderFailed) => w with { Told = w.Told.Add(KeyOf(@event)) },
        _ => throw new InvalidOperationException(
            $"{@event.GetType().Name} cannot follow {state.GetType().Name}: the stream of the drills is corrupt."),
    };

    /// <summary>Which reminder by which channel, and how it ended.</summary>
    public static string KeyOf(DrillEvent told) => told switch
    {
        EmergencyDrillReminderDelivered e => $"{e.Alert} {e.Audience} {e.Channel} delivered",
        EmergencyDrillReminderFailed e => $"{e.Alert} {e.Audience} {e.Channel} failed",
        _ => throw new InvalidOperationException($"{told.GetType().Name} says nothing of a reminder."),
    };

    public sealed record NotWatched : DrillWatch;

    /// <param name="Since">A hospital that has just begun has a year for its first drill.</param>
    /// <param name="RemindedAt">When it was last found to be due; null when it never was.</param>
    /// <param name="Told">What became of the last reminder, so that it is said once.</param>
    public sealed record Watched(DateTimeOffset Since, DateTimeOffset? RemindedAt, ImmutableHashSet<string> Told) : DrillWatch;
}
