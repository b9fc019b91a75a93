using System.Collections.Immutable;
using System.Globalization;
using AccessGov.EventSourcing;

namespace AccessGov.BreakGlass.Offline;

internal abstract record EdgeEvent;

/// <summary>An edge was started.</summary>
/// <param name="Edge">Which.</param>
/// <param name="Sequence">The line of its journal.</param>
/// <param name="At">When, on its clock.</param>
[EventName("emergency_edge_started")]
internal sealed record EmergencyEdgeStarted(string Edge, long Sequence, DateTimeOffset At) : EdgeEvent;

/// <summary>An edge did not take a capability, once or several times for the same reason.</summary>
/// <param name="Sequence">The first line that tells of it.</param>
/// <param name="Code">Why.</param>
/// <param name="Use">The id of its use, as the edge has it; null when it is not known, or there are several.</param>
/// <param name="Address">From where; null when that is not known, or it is not one.</param>
/// <param name="At">When, on its clock: the first time.</param>
/// <param name="Times">How often.</param>
/// <param name="LastAt">When for the last time; null where one line tells of it.</param>
/// <param name="Addresses">From where, at most 20; null where it is one, or none is known.</param>
/// <param name="TakenOverAt">When it came here, by the clock that says under which day it is shown; null in the oldest ones.</param>
[EventName("emergency_capability_refused")]
internal sealed record EmergencyCapabilityRefused(
    string Edge, long Sequence, string Code, string? Use, string? Address, DateTimeOffset At, long Times = 1,
    DateTimeOffset? LastAt = null, IReadOnlyList<string>? Addresses = null, DateTimeOffset? TakenOverAt = null) : EdgeEvent;

/// <summary>A line of an edge's journal follows from the one before, and yet tells nothing that can be.</summary>
[EventName("emergency_edge_line_unusable")]
internal sealed record EmergencyEdgeLineUnusable(string Edge, long Sequence, string Kind, string Code, DateTimeOffset At) : EdgeEvent;

/// <summary>A line of an edge's journal does not follow from the one before, or is another than it was: somebody has changed it.</summary>
/// <param name="Sequence">The line.</param>
/// <param name="At">When it came here.</param>
/// <param name="Reason">
/// What the edge itself found and said: <see cref="EdgeDay.Broken"/> or <see cref="EdgeDay.PutBack"/>; null when it was found by merging.
/// </param>
[EventName("emergency_edge_journal_broken")]
internal sealed record EmergencyEdgeJournalBroken(string Edge, long Sequence, DateTimeOffset At, string? Reason = null) : EdgeEvent;

/// <summary>Security is to look at an edge.</summary>
/// <param name="Code">Why: <see cref="EdgeDay.JournalBroken"/>, <see cref="EdgeDay.LineUnusable"/>, or that of a refusal.</param>
/// <param name="Line">The first line of its journal that tells of refusals for this reason; null where the day itself says what was.</param>
[EventName("emergency_edge_alarm_raised")]
internal sealed record EmergencyEdgeAlarmRaised(string Edge, string Code, DateTimeOffset At, long? Line = null) : EdgeEvent;

/// <summary>Somebody was told of an alarm: a channel took it.</summary>
[EventName("emergency_edge_alarm_delivered")]
internal sealed record EmergencyEdgeAlarmDelivered(
    string Edge, Guid Alert, string Code, string Audience, string Channel, DateTimeOffset At) : EdgeEvent;

/// <summary>A channel did not take an alarm; the next one is tried.</summary>
[EventName("emergency_edge_alarm_failed")]
internal sealed record EmergencyEdgeAlarmFailed(
    string Edge, Guid Alert, string Code, string Audience, string Channel, string Failure, DateTimeOffset At) : EdgeEvent;

/// <summary>Somebody has looked at what an edge alarmed of. When it happens again that day, security is alerted again.</summary>
/// <param name="Code">Of which alarm.</param>
/// <param name="By">Who.</param>
/// <param name="Findings">What they found and did.</param>
[EventName("emergency_edge_alarm_settled")]
internal sealed record EmergencyEdgeAlarmSettled(string Edge, string Code, string By, string Findings, DateTimeOffset At) : EdgeEvent;

/// <summary>
/// What came from an edge on one day that belongs to no case. A stream for each day stays short, and security is alerted of the same thing
/// once a day, or again when somebody had looked meanwhile: whoever floods an edge does not flood security.
/// </summary>
/// <param name="Raised">How often security was alerted of what.</param>
/// <param name="Settled">Who has looked at what last.</param>
/// <param name="Told">What became of which alarm, so that it is said once.</param>
internal sealed record EdgeDay(
    ImmutableDictionary<string, long> Raised, ImmutableDictionary<string, EdgeDay.Settlement> Settled, ImmutableHashSet<string> Told)
{
    /// <param name="Raised">The how manyth alarm of that day it was that they had looked at.</param>
    public sealed record Settlement(string By, string Findings, long Raised);

    /// <summary>What an edge finds wrong with its own journal: it was changed, or is an older one than it was.</summary>
    public const string Broken = "broken";
    public const string PutBack = "put_back";

    public const string JournalBroken = "journal_broken";
    public const string JournalPutBack = "journal_put_back";
    public const string LineUnusable = "line_unusable";

    public static readonly Refusal DayMalformed = new("day_malformed", "A day is written as 20300131 (UTC).");

    private static readonly string[] AlarmingRefusals = ["capability_forged", "use_forged", "use_replayed"];

    public static StreamKind<EdgeDay, EdgeEvent> Streams { get; } = new(
        "emergency-edge", new EdgeDay(ImmutableDictionary<string, long>.Empty, ImmutableDictionary<string, Settlement>.Empty, []),
        Evolve);

    /// <summary>Of what security was alerted and nobody has looked at yet.</summary>
    public IEnumerable<string> Alarmed => Raised.Keys.Where(IsAlarmed);

    /// <summary>The day's id; the day of the time at which it came here.</summary>
    public static string IdOf(string edge, DateTimeOffset now) => $"{edge}-{DayOf(now)}";

    /// <summary>A day, as ids and addresses have it (UTC).</summary>
    public static string DayOf(DateTimeOffset at) => $"{at.UtcDateTime:yyyyMMdd}";

    /// <summary>Whether it is written as a day: an id must not be another edge's.</summary>
    public static bool IsDay(string day) =>
        DateOnly.TryParseExact(day, "yyyyMMdd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _);

    public static EdgeDay Evolve(EdgeDay state, EdgeEvent @event) => @event switch
    {
        EmergencyEdgeAlarmRaised e => state with { Raised = state.Raised.SetItem(e.Code, state.RaisedOf(e.Code) + 1) },
        EmergencyEdgeAlarmSettled e => state with
        {
            Settled = state.Settled.SetItem(e.Code, new Settlement(e.By, e.Findings, state.RaisedOf(e.Code))),
        },
        EmergencyEdgeAlarmDelivered or EmergencyEdgeAlarmFailed => state with { Told = state.Told.Add(KeyOf(@event)) },
        EmergencyEdgeStarted or EmergencyCapabilityRefused or EmergencyEdgeLineUnusable or EmergencyEdgeJournalBroken => state,
        _ => throw new InvalidOperationException($"{@event.GetType().Name} is nothing that an edge tells: the stream is corrupt."),
    };

    /// <summary>How often security was alerted of it.</summary>
    public long RaisedOf(string code) => Raised.GetValueOrDefault(code);

    /// <summary>Whether security was alerted of it and nobody has looked since.</summary>
    public bool IsAlarmed(string code) => RaisedOf(code) > (Settled.GetValueOrDefault(code)?.Raised ?? 0);

    /// <summary>Which alarm by which channel, and how it ended.</summary>
    public static string KeyOf(EdgeEvent told) => told switch
    {
        EmergencyEdgeAlarmDelivered e => $"{e.Alert} {e.Audience} {e.Channel} delivered",
        EmergencyEdgeAlarmFailed e => $"{e.Alert} {e.Audience} {e.Channel} failed",
        _ => throw new InvalidOperationException($"{told.GetType().Name} says nothing of an alarm."),
    };

    /// <summary>Whether security is to hear of it that an edge refused something for this reason.</summary>
    public static bool Alarms(string code) => AlarmingRefusals.Contains(code, StringComparer.Ordinal);

    /// <summary>Security is alerted of the same thing once a day, or until somebody has looked.</summary>
    public static Outcome<EdgeEvent> Alarm(EdgeDay state, string edge, string code, DateTimeOffset now, long? line = null) =>
        state.IsAlarmed(code) ? Outcome.NothingToDo<EdgeEvent>() : new EmergencyEdgeAlarmRaised(edge, code, now, line);

    /// <summary>
    /// What happened is kept, and alarms once a day; that a journal is broken is said once a day, however often it is sent.
    /// </summary>
    public static Outcome<EdgeEvent> Decide(EdgeDay state, EdgeEvent happened, DateTimeOffset now)
    {
        (string edge, string? code) = happened switch
        {
            EmergencyEdgeJournalBroken e => (e.Edge, e.Reason == PutBack ? JournalPutBack : JournalBroken),
            EmergencyEdgeLineUnusable e => (e.Edge, LineUnusable),
            _ => ("", (string?)null),
        };
        return code is null ? happened
            : !state.IsAlarmed(code) ? Outcome.Of(happened, new EmergencyEdgeAlarmRaised(edge, code, now))
            : happened is EmergencyEdgeJournalBroken ? Outcome.NothingToDo<EdgeEvent>()
            : happened;
    }
}
