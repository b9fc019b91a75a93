using AccessGov.BreakGlass.EmergencyAccess;
using AccessGov.EventSourcing;

namespace AccessGov.BreakGlass.Alerts;

/// <summary>
/// Says that a channel fails, once for each outage and not for each alert, and that it works again. Whom that concerns is told as of
/// everything else.
/// </summary>
internal sealed class ChannelOutages(UnattendedCommands commands, TimeProvider clock)
{
    /// <summary>One that goes up and down is said to be down once in so long.</summary>
    private static readonly TimeSpan Calm = TimeSpan.FromMinutes(5);

    private static readonly EventMetadata ByItself = new(Actor: Refusals.Service, Source: "alerts");

    /// <param name="state">How the channel was.</param>
    /// <param name="channel">Which it is.</param>
    /// <param name="failure">Why it took nothing, as a code; null when it took something.</param>
    /// <param name="now">The time.</param>
    public static Outcome<AlertChannelEvent> Decide(ChannelOutage state, string channel, string? failure, DateTimeOffset now) =>
        state switch
    {
        ChannelOutage.Works works when failure is not null && !(now < works.Since + Calm) => new AlertChannelFailed(channel, failure, now),
        ChannelOutage.Fails fails when failure is null => new AlertChannelRecovered(channel, fails.Since, now),
        _ => Outcome.NothingToDo<AlertChannelEvent>(),
    };

    /// <summary>What became of a notice: said once, however often it is tried.</summary>
    public static Outcome<AlertChannelEvent> Decide(ChannelOutage state, AlertChannelEvent told) => state switch
    {
        ChannelOutage.Works { Told: var known } =>
            known.Contains(ChannelOutage.KeyOf(told)) ? Outcome.NothingToDo<AlertChannelEvent>() : told,
        ChannelOutage.Fails { Told: var known } =>
            known.Contains(ChannelOutage.KeyOf(told)) ? Outcome.NothingToDo<AlertChannelEvent>() : told,
        _ => Refusals.Unknown,
    };

    /// <summary>A channel took an alert, or did not. Answers why that could not be written; null when it was.</summary>
    public Task<Refusal?> EndedAsync(string channel, string? failure, CancellationToken cancellation) => commands.RunAsync(
        ChannelOutage.Streams, channel, state => Decide(state, channel, failure, clock.GetUtcNow()), ByItself, null, cancellation);

    /// <summary>The same of a notice about a channel.</summary>
    /// <param name="about">The channel that it is about.</param>
    /// <param name="told">What became of the alert, as a case would have it.</param>
    /// <param name="cancellation">Ends the command.</param>
    public Task<Refusal?> RecordAsync(string about, EmergencyGrantEvent told, CancellationToken cancellation)
    {
        AlertChannelEvent own = told switch
        {
            EmergencyAlertDelivered e => new AlertChannelNoticeDelivered(e.Alert, e.Kind, e.Audience, e.Channel, e.At),
            EmergencyAlertFailed e => new AlertChannelNoticeFailed(e.Alert, e.Kind, e.Audience, e.Channel, e.Failure, e.At),
            _ => throw new InvalidOperationException($"{told.GetType().Name} says nothing of an alert."),
        };
        return commands.RunAsync(ChannelOutage.Streams, about, state => Decide(state, own), ByItself, null, cancellation);
    }
}
