using AccessGov.EventSourcing;
using AccessGov.Recertification.Campaigns;

namespace AccessGov.Recertification.Reviews;

internal abstract record ReviewItemEvent;

/// <summary>Somebody is asked whether a person still needs a grant, which was so then.</summary>
/// <param name="Campaign">In which campaign.</param>
/// <param name="Grant">The grant.</param>
/// <param name="Person">Whose it is.</param>
/// <param name="Role">The role's id.</param>
/// <param name="RoleDescription">What the role is for.</param>
/// <param name="ScopeKind">Where it holds: everywhere, site, department, patient.</param>
/// <param name="ScopeId">The site, department or patient; null for everywhere.</param>
/// <param name="From">From when on.</param>
/// <param name="Until">Until when (exclusive); null means without end.</param>
/// <param name="ReadOnly">Whether it reads only.</param>
/// <param name="Source">How it came: group, request, direct.</param>
/// <param name="Reason">Why, in the words of whoever gave it.</param>
/// <param name="GivenBy">Who gave it; null when that is not known.</param>
/// <param name="GivenAt">When.</param>
/// <param name="Risk">Its risk class.</param>
/// <param name="Facts">What it gives, and what of it was used.</param>
/// <param name="Assignment">Who judges.</param>
/// <param name="Recommendation">What is advised.</param>
/// <param name="At">When.</param>
[EventName("review_item_opened")]
internal sealed record ReviewItemOpened(
    string Campaign, string Grant, string Person, string Role, string RoleDescription, string ScopeKind, string? ScopeId,
    DateTimeOffset From, DateTimeOffset? Until, bool ReadOnly, string Source, string Reason, string? GivenBy, DateTimeOffset GivenAt,
    RiskClass Risk, ItemFacts Facts, Assignment Assignment, Recommendation Recommendation, DateTimeOffset At) : ReviewItemEvent;

/// <summary>What somebody needs to know who judges.</summary>
/// <param name="Actions">What the grant gives.</param>
/// <param name="Lost">What of it no other grant of the person gives: what revoking takes away.</param>
/// <param name="Use">What the person did of it, by action.</param>
/// <param name="UsedSince">From when on use was counted.</param>
/// <param name="Holders">How many people hold the role.</param>
/// <param name="Conflicts">The rules of separated duties that the person's grants break with it.</param>
/// <param name="Emergencies">How often the person took emergency access since then.</param>
internal sealed record ItemFacts(
    IReadOnlyList<string> Actions, IReadOnlyList<string> Lost, IReadOnlyList<ItemUse> Use, DateTimeOffset UsedSince, int Holders,
    IReadOnlyList<string> Conflicts, int Emergencies);

/// <summary>What was done of what a grant gives.</summary>
internal sealed record ItemUse(string Action, int Times, int Studies, DateTimeOffset Last);

/// <summary>A grant of somebody in a campaign: asked, and decided by itself.</summary>
internal abstract record ReviewItem
{
    private ReviewItem() { }

    public static StreamKind<ReviewItem, ReviewItemEvent> Streams { get; } = new("review-item", new NotOpened(), Evolve);

    /// <summary>The id of the item of a grant in a campaign: always the same, so that nobody is asked twice.</summary>
    public static string IdOf(string campaign, string grant) => $"{campaign}.{grant}";

    public static ReviewItem Evolve(ReviewItem state, ReviewItemEvent @event) => (state, @event) switch
    {
        (NotOpened, ReviewItemOpened e) => new Open(e),
        _ => throw new InvalidOperationException(
            $"{@event.GetType().Name} cannot follow {state.GetType().Name}: the stream of the item is corrupt."),
    };

    /// <summary>Nobody was asked.</summary>
    public sealed record NotOpened : ReviewItem;

    /// <summary>Somebody is asked.</summary>
    public sealed record Open(ReviewItemOpened About) : ReviewItem;
}
