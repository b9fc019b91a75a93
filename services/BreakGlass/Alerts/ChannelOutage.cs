using System.Collections.Immutable;
using AccessGov.EventSourcing;

namespace AccessGov.BreakGlass.Alerts;

internal abstract record AlertChannelEvent;

/// <summary>A channel takes no alerts any more.</summary>
/// <param name="Channel">Which.</param>
/// <param name="Failure">Why it did not take the first one, as a code.</param>
/// <param name="At">When.</param>
[EventName("alert_channel_failed")]
internal sealed record AlertChannelFailed(string Channel, string Failure, DateTimeOffset At) : AlertChannelEvent;

/// <summary>It took one again.</summary>
/// <param name="Channel">Which.</param>
/// <param name="FailedAt">Since when it had taken none.</param>
/// <param name="At">When.</param>
[EventName("alert_channel_recovered")]
internal sealed record AlertChannelRecovered(string Channel, DateTimeOffset FailedAt, DateTimeOffset At) : AlertChannelEvent;

/// <summary>Somebody was told of the outage or its end: another channel, or the same one, took the alert.</summary>
[EventName("alert_channel_notice_delivered")]
internal sealed record AlertChannelNoticeDelivered(Guid Alert, string Kind, string Audience, string By, DateTimeOffset At)
    : AlertChannelEvent;

/// <summary>A channel did not take the alert of the outage; the next one is tried.</summary>
[EventName("alert_channel_notice_failed")]
internal sealed record AlertChannelNoticeFailed(Guid Alert, string Kind, string Audience, string By, string Failure, DateTimeOffset At)
    : AlertChannelEvent;

/// <summary>Whether a channel works: a stream for each, an event or two for each outage.</summary>
internal abstract record ChannelOutage
{
    private ChannelOutage() { }

    public static StreamKind<ChannelOutage, AlertChannelEvent> Streams { get; } = new("alert-channel", new Works(null, []), Evolve);

    public static ChannelOutage Evolve(ChannelOutage state, AlertChannelEvent @event) => (state, @event) switch
    {
        (Works, AlertChannelFailed e) => new Fails(e.At, []),
        (Fails f, AlertChannelRecovered e) => new Works(e.At, f.Told),
        (Works w, AlertChannelNoticeDelivered or AlertChannelNoticeFailed) => w with { Told = w.Told.Add(KeyOf(@event)) },
        (Fails f, AlertChannelNoticeDelivered or AlertChannelNoticeFailed) => f with { Told = f.Told.Add(KeyOf(@event)) },
        _ => throw new InvalidOperationException(
            $"{@event.GetType().Name} cannot follow {state.GetType().Name}: the stream of the alert channel is corrupt."),
    };

    /// <summary>Which notice by which channel, and how it ended.</summary>
    public static string KeyOf(AlertChannelEvent told) => told switch
    {
        AlertChannelNoticeDelivered e => $"{e.Alert} {e.Audience} {e.By} delivered",
        AlertChannelNoticeFailed e => $"{e.Alert} {e.Audience} {e.By} failed",
        _ => throw new InvalidOperationException($"{told.GetType().Name} says nothing of a notice."),
    };

    /// <param name="Since">When it last recovered; null when it never failed.</param>
    /// <param name="Told">What became of the notices of its last outage, so that it is said once.</param>
    public sealed record Works(DateTimeOffset? Since, ImmutableHashSet<string> Told) : ChannelOutage;

    /// <param name="Since">Since when it takes nothing.</param>
    /// <param name="Told">What became of the notices of this outage.</param>
    public sealed record Fails(DateTimeOffset Since, ImmutableHashSet<string> Told) : ChannelOutage;
}
