using System.Runtime.CompilerServices;
using AccessGov.Recertification.Campaigns;
using AccessGov.Recertification.Sources;
using Microsoft.Extensions.Options;

namespace AccessGov.Recertification.Reviews;

/// <summary>Some of the items of a campaign, and how to go on after them.</summary>
/// <param name="Items">Those of one page of grants; some pages have none.</param>
/// <param name="After">The last grant of the page; null when it is the last page.</param>
internal sealed record GatheredPage(IReadOnlyList<ReviewItemOpened> Items, string? After);

/// <summary>
/// Finds what a campaign asks about: the grants of PolicyDecision with the people of IdentityFederation, a page at a time, never all of
/// them. Thread-safe.
/// </summary>
internal sealed class ItemGathering(
    GrantSource grants, Roster roster, Certifications certifications, IOptions<RecertificationOptions> options, TimeProvider clock)
{
    private readonly ReviewerTable reviewers = options.Value.Reviewers;
    private readonly RiskTable risks = options.Value.Risks;

    /// <param name="campaign">The campaign.</param>
    /// <param name="terms">What it is about.</param>
    /// <param name="after">The grant after which it goes on; null from the beginning.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="SourceUnavailableException">PolicyDecision cannot be asked.</exception>
    public async IAsyncEnumerable<GatheredPage> PagesAsync(
        string campaign, CampaignTerms terms, string? after, [EnumeratorCancellation] CancellationToken cancellation)
    {
        do
        {
            GrantPage page = await grants.PageAsync(terms.Scope.Person, after, cancellation);
            after = page.Next;
            yield return new GatheredPage(await ItemsAsync(campaign, terms, page.Grants, cancellation), after);
        }
        while (after is not null);
    }

    private async Task<IReadOnlyList<ReviewItemOpened>> ItemsAsync(
        string campaign, CampaignTerms terms, IReadOnlyList<FoundGrant> found, CancellationToken cancellation)
    {
        Dictionary<string, Roster.Entry> people =
            await roster.FindAsync([.. found.Select(grant => grant.SubjectId).Distinct(StringComparer.Ordinal)], cancellation);
        HashSet<string> present = await roster.PresentAsync(
            [.. found.SelectMany(grant => ReviewerRule.Candidates(ColleagueOf(grant.SubjectId, people), reviewers)).Distinct(StringComparer.Ordinal)],
            cancellation);
        Dictionary<string, Certified> certified = await certifications.FindAsync([.. found.Select(grant => grant.Id)], cancellation);
        DateTimeOffset now = clock.GetUtcNow();
        return [.. found.Select(grant => Of(campaign, terms, grant, people, present, now)).OfType<ReviewItemOpened>()
            .Select(item => Since(item, certified.GetValueOrDefault(item.Grant)))
            .Where(item => !terms.Scope.ChangedOnly || item.Facts.Changes is not [])];
    }

    private static Colleague ColleagueOf(string person, Dictionary<string, Roster.Entry> people) =>
        new(person, people.GetValueOrDefault(person)?.Department, people.GetValueOrDefault(person)?.Manager);

    private static ReviewItemOpened Since(ReviewItemOpened item, Certified? certified) => item with
    {
        Facts = item.Facts with
        {
            Changes = ChangeRule.Of(item, certified), CertifiedBy = certified?.By, CertifiedAt = certified?.At,
        },
    };

    /// <summary>The item of a grant; null when the campaign does not ask about it.</summary>
    private ReviewItemOpened? Of(
        string campaign, CampaignTerms terms, FoundGrant grant, Dictionary<string, Roster.Entry> people, HashSet<string> present,
        DateTimeOffset now)
    {
        Colleague person = ColleagueOf(grant.SubjectId, people);
        RiskClass risk = RiskRule.Of(grant.Role, grant.Actions, grant.Conflicts, risks);
        if (!terms.Scope.Holds(person.Department, grant.Role, risk))
        {
            return null;
        }

        var item = new ReviewItemOpened(
            campaign, grant.Id, grant.SubjectId, grant.Role, grant.RoleDescription, grant.Scope.Kind, grant.Scope.Id, grant.From, grant.Until,
            grant.ReadOnly, grant.Source, grant.Reason, grant.GivenBy, grant.GivenAt, risk,
            new ItemFacts(
                grant.Actions, grant.Lost, [.. grant.Use.Select(used => new ItemUse(used.Action, used.Times, used.Studies, used.Last))],
                grant.UsedSince, grant.Holders, grant.Conflicts, grant.Emergencies, person.Department),
            ReviewerRule.Of(person, reviewers, present, fourEyes: risk == RiskClass.High, terms.TwoStages),
            new Recommendation(Advice.Keep, AdviceReasons.Used), now);
        Roster.Entry? known = people.GetValueOrDefault(grant.SubjectId);
        return item with { Recommendation = RecommendationRule.Of(item, known is not null, known?.Active ?? false) };
    }
}
