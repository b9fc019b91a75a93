using System.Security.Cryptography;
using System.Text;
using AccessGov.EventSourcing;

namespace AccessGov.Recertification.Campaigns;

/// <summary>
/// Sets the next campaign of a series up as soon as one is launched, so that everybody sees when it will be, and launches it at its start.
/// Whoever does not want it cancels it, and with it the series.
/// </summary>
internal sealed class FollowCalendar(
    CampaignRows rows, CampaignCommands campaigns, IEventStore store, WorkerStates states, TimeProvider clock,
    ILogger<FollowCalendar> logger)
    : UnattendedWork(
        "campaign-calendar", "Campaigns that the calendar brings are not set up or launched", pause: TimeSpan.FromSeconds(1), store,
        states, clock, logger)
{
    private static readonly EventMetadata ByItself = new(Actor: Refusals.Service, Source: "calendar");

    /// <summary>The id of what follows a campaign: always the same, so that nothing follows it twice.</summary>
    public static string IdAfter(string id) =>
        new Guid(SHA256.HashData(Encoding.UTF8.GetBytes($"{id}\nnext")).AsSpan(0, 16), bigEndian: true).ToString();

    protected override async Task<bool> StepAsync(CancellationToken cancellation)
    {
        IReadOnlyList<string> due = await rows.DueAsync(Clock.GetUtcNow(), cancellation);
        foreach (string id in due)
        {
            await LaunchAsync(id, cancellation);
        }

        IReadOnlyList<string> alone = await rows.NotFollowedAsync(cancellation);
        foreach (string id in alone)
        {
            await FollowAsync(id, cancellation);
        }

        return due.Count + alone.Count > 0;
    }

    private async Task LaunchAsync(string id, CancellationToken cancellation)
    {
        Refusal? refused =
            await campaigns.RunAsync(ByItself, id, state => LaunchCampaign.Decide(state, Clock.GetUtcNow()), cancellation);
        if (refused?.Code != LaunchCampaign.DeadlinePassed)
        {
            return;
        }

        // The service stood still until after its deadline: nobody was asked, and the next one is due.
        await FollowAsync(id, cancellation);
        await campaigns.RunAsync(
            ByItself, id,
            state => CancelCampaign.Decide(state, new ReasonedCommand("Its deadline had passed when it could be launched."), Clock.GetUtcNow()),
            cancellation);
    }

    private async Task FollowAsync(string id, CancellationToken cancellation)
    {
        Campaign state = Campaign.Streams.Fold(await Store.LoadAsync(Campaign.Streams.StreamId(id), cancellation));
        if (CampaignRows.Of(state) is var (_, terms) && CampaignCalendar.After(terms) is { } next)
        {
            await campaigns.RunAsync(
                ByItself, IdAfter(id), before => SetUpCampaign.Follow(before, next, Clock.GetUtcNow()), cancellation);
        }

        await rows.FollowedAsync(id, cancellation);
    }
}
