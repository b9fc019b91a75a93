using AccessGov.EventSourcing;

namespace AccessGov.Recertification.Campaigns;

internal abstract record CampaignEvent;

/// <summary>Somebody, or the calendar, wants to know whether people still need what they have.</summary>
/// <param name="Name">What people call it.</param>
/// <param name="Kind">Why it is held.</param>
/// <param name="Scope">Which grants it asks about.</param>
/// <param name="Starts">From when on reviewers are asked.</param>
/// <param name="Deadline">Until when they decide.</param>
/// <param name="Zone">The IANA zone of the site, by whose calendar the next one begins.</param>
/// <param name="TwoStages">Whether a PACS administrator judges after the first reviewer.</param>
/// <param name="Series">Which of a series it is; null when it is held once.</param>
/// <param name="At">When.</param>
[EventName("campaign_set_up")]
internal sealed record CampaignSetUp(
    string Name, CampaignKind Kind, CampaignScope Scope, DateTimeOffset Starts, DateTimeOffset Deadline, string Zone, bool TwoStages,
    CampaignSeries? Series, DateTimeOffset At) : CampaignEvent;

/// <summary>Reviewers are asked from its start on.</summary>
/// <param name="At">When it was launched.</param>
[EventName("campaign_launched")]
internal sealed record CampaignLaunched(DateTimeOffset At) : CampaignEvent;

/// <summary>Nobody decides in it for a while. Its deadline stays.</summary>
[EventName("campaign_paused")]
internal sealed record CampaignPaused(string Reason, DateTimeOffset At) : CampaignEvent;

/// <summary>It goes on.</summary>
[EventName("campaign_resumed")]
internal sealed record CampaignResumed(string Reason, DateTimeOffset At) : CampaignEvent;

/// <summary>There is more time to decide.</summary>
/// <param name="Deadline">Until when.</param>
/// <param name="Reason">Why.</param>
/// <param name="At">When.</param>
[EventName("campaign_extended")]
internal sealed record CampaignExtended(DateTimeOffset Deadline, string Reason, DateTimeOffset At) : CampaignEvent;

/// <summary>It is not held, or not to its end. What was decided in it stays.</summary>
[EventName("campaign_cancelled")]
internal sealed record CampaignCancelled(string Reason, DateTimeOffset At) : CampaignEvent;

/// <summary>Whoever is to be asked can be asked: all of its items are there.</summary>
/// <param name="Items">How many there are.</param>
/// <param name="At">When.</param>
[EventName("campaign_items_opened")]
internal sealed record CampaignItemsOpened(int Items, DateTimeOffset At) : CampaignEvent;

/// <summary>Nothing in it is open any more.</summary>
[EventName("campaign_closed")]
internal sealed record CampaignClosed(DateTimeOffset At) : CampaignEvent;

/// <summary>Why a campaign is held.</summary>
internal enum CampaignKind
{
    /// <summary>Every three months (S36).</summary>
    Quarterly,

    /// <summary>Every six months (S37).</summary>
    SixMonthly,

    /// <summary>Because somebody wants it.</summary>
    AdHoc,

    /// <summary>Because somebody works elsewhere or for somebody else, or their groups give them other roles.</summary>
    Mover,

    /// <summary>Because somebody is back after a long time.</summary>
    Returner,
}

/// <summary>How much harm a grant can do in wrong hands.</summary>
internal enum RiskClass
{
    Low,
    Medium,
    High,
}

/// <summary>Which grants a campaign asks about: an empty list leaves nothing out.</summary>
/// <param name="Departments">Of people who work in these departments.</param>
/// <param name="Roles">Of these roles.</param>
/// <param name="Risks">Of these risk classes.</param>
/// <param name="ChangedOnly">Only those of which something is different since they were certified, or that never were.</param>
/// <param name="Person">Only those of this person; null for everybody's.</param>
internal sealed record CampaignScope(
    IReadOnlyList<string> Departments, IReadOnlyList<string> Roles, IReadOnlyList<RiskClass> Risks, bool ChangedOnly = false,
    string? Person = null)
{
    /// <summary>Whether it holds a grant of somebody.</summary>
    public bool Holds(string? department, string role, RiskClass risk) =>
        (Departments.Count == 0 || (department is not null && Departments.Contains(department, StringComparer.Ordinal)))
        && (Roles.Count == 0 || Roles.Contains(role, StringComparer.Ordinal))
        && (Risks.Count == 0 || Risks.Contains(risk));
}

/// <summary>Which of the campaigns that the calendar brings it is.</summary>
/// <param name="First">When the first of them started: days are counted from it, so that the 31st stays one where a month has it.</param>
/// <param name="Number">How many came before it.</param>
internal sealed record CampaignSeries(DateTimeOffset First, int Number);

/// <summary>What a campaign is about.</summary>
internal sealed record CampaignTerms(
    string Name, CampaignKind Kind, CampaignScope Scope, DateTimeOffset Starts, DateTimeOffset Deadline, string Zone, bool TwoStages,
    CampaignSeries? Series);

/// <summary>A campaign: set up, launched, and over when everything in it is decided.</summary>
internal abstract record Campaign
{
    private Campaign() { }

    public static StreamKind<Campaign, CampaignEvent> Streams { get; } = new("review-campaign", new NotSetUp(), Evolve);

    public static Campaign Evolve(Campaign state, CampaignEvent @event) => (state, @event) switch
    {
        (NotSetUp, CampaignSetUp e) =>
            new SetUp(new CampaignTerms(e.Name, e.Kind, e.Scope, e.Starts, e.Deadline, e.Zone, e.TwoStages, e.Series)),
        (SetUp s, CampaignLaunched) => new Launched(s.Terms, Paused: false, Items: null),
        (Launched l, CampaignItemsOpened e) => l with { Items = e.Items },
        (Launched l, CampaignPaused) => l with { Paused = true },
        (Launched l, CampaignResumed) => l with { Paused = false },
        (SetUp s, CampaignExtended e) => s with { Terms = s.Terms with { Deadline = e.Deadline } },
        (Launched l, CampaignExtended e) => l with { Terms = l.Terms with { Deadline = e.Deadline } },
        (SetUp s, CampaignCancelled) => new Cancelled(s.Terms),
        (Launched l, CampaignCancelled) => new Cancelled(l.Terms),
        (Launched l, CampaignClosed) => new Closed(l.Terms),
        _ => throw new InvalidOperationException(
            $"{@event.GetType().Name} cannot follow {state.GetType().Name}: the stream of the campaign is corrupt."),
    };

    /// <summary>There is none.</summary>
    public sealed record NotSetUp : Campaign;

    /// <summary>It waits to be launched.</summary>
    public sealed record SetUp(CampaignTerms Terms) : Campaign;

    /// <summary>Reviewers are asked from its start on.</summary>
    /// <param name="Terms">What it is about.</param>
    /// <param name="Paused">Whether nobody decides in it now.</param>
    /// <param name="Items">How many items it has; null until all of them are there.</param>
    public sealed record Launched(CampaignTerms Terms, bool Paused, int? Items) : Campaign;

    /// <summary>Everything in it is decided.</summary>
    public sealed record Closed(CampaignTerms Terms) : Campaign;

    /// <summary>It is not held, or not to its end.</summary>
    public sealed record Cancelled(CampaignTerms Terms) : Campaign;
}
