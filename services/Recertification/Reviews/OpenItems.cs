using AccessGov.EventSourcing;
using AccessGov.Recertification.Campaigns;

namespace AccessGov.Recertification.Reviews;

/// <summary>
/// Opens the items of campaigns that have started, a stream for each grant, in pages. It goes on where it was stopped; what was opened
/// and not noted is there already, and is not opened again. When all of a campaign is decided, it closes the campaign.
/// </summary>
internal sealed class OpenItems(
    CampaignRows rows, CampaignCommands campaigns, ItemGathering gathering, Roster roster, OpeningProgress progress, ItemList items,
    IEventStore store, WorkerStates states, TimeProvider clock, ILogger<OpenItems> logger)
    : UnattendedWork(
        "review-items", "Items of campaigns are not opened, or campaigns not closed", pause: TimeSpan.FromSeconds(1), store, states, clock,
        logger)
{
    private static readonly EventMetadata ByItself = new(Actor: Refusals.Service, Source: "campaign");

    protected override async Task<bool> StepAsync(CancellationToken cancellation)
    {
        IReadOnlyList<string> begun = await rows.ToOpenAsync(Clock.GetUtcNow(), cancellation);
        Exception? broken = null;
        foreach (string id in begun)
        {
            // One campaign whose items cannot be opened does not keep others waiting.
            try
            {
                await OpenAsync(id, cancellation);
            }
            catch (Exception e) when (!cancellation.IsCancellationRequested)
            {
                broken = e;
            }
        }

        foreach ((string id, int count) in await rows.ToCloseAsync(cancellation))
        {
            if (await items.IsDecidedAsync(id, count, cancellation))
            {
                await campaigns.RunAsync(ByItself, id, state => CloseCampaign.Decide(state, Clock.GetUtcNow()), cancellation);
            }
        }

        return broken is null ? begun.Count > 0 : throw new InvalidOperationException($"A campaign's items cannot be opened: {broken.Message}", broken);
    }

    private async Task OpenAsync(string id, CancellationToken cancellation)
    {
        if (Campaign.Streams.Fold(await Store.LoadAsync(Campaign.Streams.StreamId(id), cancellation)) is not Campaign.Launched campaign)
        {
            return;
        }

        if (await progress.FindAsync(id, cancellation) is not { } place)
        {
            await roster.RefreshAsync(cancellation);
            place = new OpeningProgress.Place(null, 0);
            await progress.WriteAsync(id, place, cancellation);
        }

        await foreach (GatheredPage page in gathering.PagesAsync(id, campaign.Terms, place.After, cancellation))
        {
            await AppendAsync(page.Items, cancellation);
            place = new OpeningProgress.Place(page.After ?? place.After, place.Items + page.Items.Count);

            // After the last page there is none to go on after: a stop here opens it once more, and finds it opened.
            if (page.After is not null)
            {
                await progress.WriteAsync(id, place, cancellation);
            }
        }

        await campaigns.RunAsync(ByItself, id, state => CloseCampaign.Opened(state, place.Items, Clock.GetUtcNow()), cancellation);
        await progress.ForgetAsync(id, cancellation);
    }

    private async Task AppendAsync(IReadOnlyList<ReviewItemOpened> opened, CancellationToken cancellation)
    {
        IReadOnlyList<AppendResult> results = await Store.AppendManyAsync(
            [.. opened.Select(item => new StreamAppend(
                ReviewItem.Streams.StreamId(ReviewItem.IdOf(item.Campaign, item.Grant)), ExpectedVersion.NoStream, [item])
            {
                StreamType = ReviewItem.Streams.Name, Metadata = ByItself,
            })], cancellation);
        if (results.Select(result => result.Failure).FirstOrDefault(failure => failure is not null and not StreamAlreadyExistsException) is { } broken)
        {
            throw new IOException("Items cannot be opened.", broken);
        }
    }
}
