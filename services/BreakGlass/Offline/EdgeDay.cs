using System.Collections.Immutable;
using AccessGov.EventSourcing;

namespace AccessGov.BreakGlass.Offline;

internal abstract record EdgeEvent;

/// <summary>An edge was started.</summary>
/// <param name="Edge">Which.</param>
/// <param name="Sequence">The line of its journal.</param>
/// <param name="At">When, on its clock.</param>
[EventName("emergency_edge_started")]
internal sealed record EmergencyEdgeStarted(string Edge, long Sequence, DateTimeOffset At) : EdgeEvent;

/// <summary>An edge did not take a capability.</summary>
/// <param name="Code">Why.</param>
/// <param name="Use">The id of its use, as the edge has it; null when it is not known.</param>
/// <param name="Address">From where; null when that is not known.</param>
[EventName("emergency_capability_refused")]
internal sealed record EmergencyCapabilityRefused(
    string Edge, long Sequence, string Code, string? Use, string? Address, DateTimeOffset At) : EdgeEvent;

/// <summary>A line of an edge's journal follows from the one before, and yet tells nothing that can be.</summary>
[EventName("emergency_edge_line_unusable")]
internal sealed record EmergencyEdgeLineUnusable(string Edge, long Sequence, string Kind, string Code, DateTimeOffset At) : EdgeEvent;

/// <summary>A line of an edge's journal does not follow from the one before, or is another than it was: somebody has changed it.</summary>
/// <param name="At">When it came here.</param>
[EventName("emergency_edge_journal_broken")]
internal sealed record EmergencyEdgeJournalBroken(string Edge, long Sequence, DateTimeOffset At) : EdgeEvent;

/// <summary>Security is to look at an edge.</summary>
/// <param name="Code">Why: <see cref="EdgeDay.JournalBroken"/>, <see cref="EdgeDay.LineUnusable"/>, or that of a refusal.</param>
[EventName("emergency_edge_alarm_raised")]
internal sealed record EmergencyEdgeAlarmRaised(string Edge, string Code, DateTimeOffset At) : EdgeEvent;

/// <summary>
/// What came from an edge on one day that belongs to no case. A stream for each day stays short, and security is alerted of the same thing
/// once a day: whoever floods an edge does not flood security.
/// </summary>
/// <param name="Alarmed">Of what security was alerted.</param>
internal sealed record EdgeDay(ImmutableHashSet<string> Alarmed)
{
    public const string JournalBroken = "journal_broken";
    public const string LineUnusable = "line_unusable";

    private static readonly string[] Alarming = [JournalBroken, LineUnusable, "capability_forged", "use_forged", "use_replayed"];

    public static StreamKind<EdgeDay, EdgeEvent> Streams { get; } = new("emergency-edge", new EdgeDay([]), Evolve);

    /// <summary>The day's id; the day of the time at which it came here.</summary>
    public static string IdOf(string edge, DateTimeOffset now) => $"{edge}-{now.UtcDateTime:yyyyMMdd}";

    public static EdgeDay Evolve(EdgeDay state, EdgeEvent @event) => @event switch
    {
        EmergencyEdgeAlarmRaised e => new EdgeDay(state.Alarmed.Add(e.Code)),
        EmergencyEdgeStarted or EmergencyCapabilityRefused or EmergencyEdgeLineUnusable or EmergencyEdgeJournalBroken => state,
        _ => throw new InvalidOperationException($"{@event.GetType().Name} is nothing that an edge tells: the stream is corrupt."),
    };

    /// <summary>What happened is kept, and alarms once a day; that a journal is broken is said once a day, however often it is sent.</summary>
    public static Outcome<EdgeEvent> Decide(EdgeDay state, EdgeEvent happened, DateTimeOffset now)
    {
        (string edge, string? code) = happened switch
        {
            EmergencyEdgeJournalBroken e => (e.Edge, JournalBroken),
            EmergencyEdgeLineUnusable e => (e.Edge, LineUnusable),
            EmergencyCapabilityRefused e => (e.Edge, e.Code),
            _ => ("", null),
        };
        return code is null || !Alarming.Contains(code, StringComparer.Ordinal) ? happened
            : !state.Alarmed.Contains(code) ? Outcome.Of(happened, new EmergencyEdgeAlarmRaised(edge, code, now))
            : happened is EmergencyEdgeJournalBroken ? Outcome.NothingToDo<EdgeEvent>()
            : happened;
    }
}
