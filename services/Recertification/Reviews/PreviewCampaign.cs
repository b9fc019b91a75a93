using AccessGov.EventSourcing;
using AccessGov.Recertification.Campaigns;
using AccessGov.Recertification.Sources;

namespace AccessGov.Recertification.Reviews;

/// <summary>Who would get what if a campaign began now: counted from what the others say at this moment, before anybody is asked.</summary>
internal sealed class PreviewCampaign(IEventStore store, Roster roster, ItemGathering gathering, ILogger<PreviewCampaign> log)
{
    private static readonly Refusal Unavailable = new(
        "sources_unavailable", "PolicyDecision or IdentityFederation cannot be asked now, so nobody knows who would get what: try again in a minute.");

    /// <param name="Reviewer">Who is asked; absent for what nobody may judge.</param>
    /// <param name="Items">How many items they get.</param>
    /// <param name="Low">How many of them are low risks.</param>
    /// <param name="Medium">How many are medium risks.</param>
    /// <param name="High">How many are high risks.</param>
    /// <param name="People">How many people these are about.</param>
    public sealed record Share(string? Reviewer, int Items, int Low, int Medium, int High, int People);

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapGet("/campaigns/{id}/preview", (string id, PreviewCampaign preview, HttpContext http) => preview.AnswerAsync(id, http))
        .RequireAuthorization(SetUpCampaign.Scope);

    private async Task<IResult> AnswerAsync(string id, HttpContext http)
    {
        if (CampaignRows.Of(Campaign.Streams.Fold(await store.LoadAsync(Campaign.Streams.StreamId(id), http.RequestAborted))) is not var (_, terms))
        {
            return Refusals.Answer(CampaignRefusals.Unknown);
        }

        try
        {
            await roster.RefreshAsync(http.RequestAborted);
            var tallies = new Dictionary<string, Tally>(StringComparer.Ordinal);
            int items = 0, second = 0;
            await foreach (GatheredPage page in gathering.PagesAsync(id, terms, null, http.RequestAborted))
            {
                foreach (ReviewItemOpened item in page.Items)
                {
                    string reviewer = item.Assignment.Reviewer ?? "";
                    (tallies.TryGetValue(reviewer, out Tally? tally) ? tally : tallies[reviewer] = new Tally()).Add(item);
                    items++;
                    second += item.Assignment.Second is null ? 0 : 1;
                }
            }

            return Results.Ok(new
            {
                items, secondReviews = second,
                reviewers = tallies.Select(tally => tally.Value.ShareOf(tally.Key))
                    .OrderByDescending(share => share.Items).ThenBy(share => share.Reviewer, StringComparer.Ordinal),
            });
        }
        catch (SourceUnavailableException e)
        {
            log.LogError("A campaign cannot be previewed: {Failure}", e.Message);
            http.Response.Headers.RetryAfter = "60";
            return Refusals.Answer(Unavailable);
        }
    }

    private sealed class Tally
    {
        private readonly int[] byRisk = new int[Enum.GetValues<RiskClass>().Length];
        private readonly HashSet<string> people = new(StringComparer.Ordinal);

        public void Add(ReviewItemOpened item)
        {
            byRisk[(int)item.Risk]++;
            people.Add(item.Person);
        }

        public Share ShareOf(string reviewer) => new(
            reviewer.Length == 0 ? null : reviewer, byRisk.Sum(), byRisk[(int)RiskClass.Low], byRisk[(int)RiskClass.Medium],
            byRisk[(int)RiskClass.High], people.Count);
    }
}
