using AccessGov.BreakGlass.Drills;
using AccessGov.BreakGlass.EmergencyAccess;
using AccessGov.BreakGlass.Offline;
using AccessGov.EventSourcing;
using Microsoft.Extensions.Options;

namespace AccessGov.BreakGlass.Alerts;

/// <summary>
/// Tells people: the channels of an audience one after the other until one takes it. What failed is said in the alert that came another
/// way, in the case's history and by health; what no channel took is tried again until one does.
/// </summary>
internal sealed class SendAlerts(
    DueAlerts due, CaseCommands cases, DrillReminder drills, ChannelOutages outages, EdgeAlarms edges, AlertChannels channels,
    IOptions<AlertsOptions> options, IEventStore store, WorkerStates states, TimeProvider clock, ILogger<SendAlerts> logger)
    : UnattendedWork("emergency-alerts", "Alerts cannot be sent", pause: TimeSpan.FromSeconds(1), store, states, clock, logger)
{
    private const int AtOnce = 8;
    private static readonly EventMetadata ByItself = new(Actor: Refusals.Service, Source: "alerts");

    protected override Task Woken => due.Added.Next;

    protected override async Task<bool> StepAsync(CancellationToken cancellation)
    {
        List<Alert> taken = [];
        while (taken.Count < AtOnce && await due.TakeAsync(cancellation) is { } alert)
        {
            taken.Add(alert);
        }

        // A channel that hangs holds up nobody else.
        await Task.WhenAll(taken.Select(alert => SendAsync(alert, cancellation)));
        return taken.Count > 0;
    }

    private async Task SendAsync(Alert alert, CancellationToken cancellation)
    {
        List<string> failed = [.. alert.Failed];
        foreach (string name in ChannelsFor(alert))
        {
            string? failure = await channels.TrySendAsync(name, alert with { Failed = failed }, cancellation);
            if (failure is null)
            {
                await RecordAsync(
                    alert, new EmergencyAlertDelivered(alert.Id, alert.Kind, alert.Audience, name, Clock.GetUtcNow()), cancellation);
                await due.DeliveredAsync(alert, name, cancellation);
                await WatchAsync(name, null, cancellation);
                return;
            }

            Failures.Failed($"The channel {name} took no alert", failure);
            if (!failed.Contains(name, StringComparer.Ordinal))
            {
                // Once for each alert and channel, however often it is tried.
                failed.Add(name);
                await RecordAsync(
                    alert, new EmergencyAlertFailed(alert.Id, alert.Kind, alert.Audience, name, failure, Clock.GetUtcNow()), cancellation);
            }

            await WatchAsync(name, failure, cancellation);
        }

        await due.PutOffAsync(alert, failed, cancellation);
    }

    /// <summary>Those of its audience; that one fails is told by the others.</summary>
    private IEnumerable<string> ChannelsFor(Alert alert) =>
        options.Value.Audiences.TryGetValue(alert.Audience, out IReadOnlyList<string>? names)
            ? names.Where(name => alert.Kind != Alert.ChannelFailed || name != alert.Channel)
            : [];

    /// <summary>Nobody's alert waits for that: what cannot be written now is written when the channel is tried again.</summary>
    private async Task WatchAsync(string channel, string? failure, CancellationToken cancellation)
    {
        if (await outages.EndedAsync(channel, failure, cancellation) is { } refusal)
        {
            Failures.Failed($"How the channel {channel} fared cannot be written", refusal.Code);
        }
    }

    /// <summary>Whatever cannot be said now is said when the alert is tried again.</summary>
    private async Task RecordAsync(Alert alert, EmergencyGrantEvent told, CancellationToken cancellation)
    {
        Task<Refusal?> writing = alert.Channel is { } about ? outages.RecordAsync(about, told, cancellation)
            : alert.Kind == Alert.EdgeAlarm ? edges.RecordAsync(alert, told, ByItself, cancellation)
            : alert.Kind == Alert.DrillDue ? drills.RecordAsync(told, ByItself, cancellation)
            : cases.RunAsync(ByItself, alert.Case, state => AlertDelivery.Decide(state, told), cancellation);
        if (await writing is { } refusal)
        {
            throw new IOException(
                $"What became of alert {alert.Id} ({alert.Kind}) of case {alert.Case} cannot be written: {refusal.Code}.");
        }
    }
}
