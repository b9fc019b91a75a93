using AccessGov.EventSourcing;

namespace AccessGov.Recertification.Campaigns;

/// <summary>What becomes of a launched campaign by itself: its items are opened, and when nothing is open any more it is closed.</summary>
internal static class CloseCampaign
{
    /// <summary>All of its items are there.</summary>
    public static Outcome<CampaignEvent> Opened(Campaign state, int items, DateTimeOffset now) => state is Campaign.Launched { Items: null }
        ? new CampaignItemsOpened(items, now)
        : Outcome.NothingToDo<CampaignEvent>();

    /// <summary>Nothing is open any more.</summary>
    public static Outcome<CampaignEvent> Decide(Campaign state, DateTimeOffset now) => state is Campaign.Launched { Items: not null }
        ? new CampaignClosed(now)
        : Outcome.NothingToDo<CampaignEvent>();
}
