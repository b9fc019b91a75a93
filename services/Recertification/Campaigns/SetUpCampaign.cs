using System.Text.Json.Serialization;
using AccessGov.EventSourcing;

namespace AccessGov.Recertification.Campaigns;

/// <summary>Says what is to be reviewed, by when. Nobody is asked before it is launched.</summary>
internal static class SetUpCampaign
{
    public const string Scope = "campaigns.manage";
    private const int NameLengthMax = 200;
    private const int ListMax = 200;
    private static readonly TimeSpan Shortest = TimeSpan.FromHours(1);
    private static readonly TimeSpan Longest = TimeSpan.FromDays(190);
    private static readonly TimeSpan FurthestAhead = TimeSpan.FromDays(400);

    /// <param name="Name">What people call it.</param>
    /// <param name="Kind">quarterly, six_monthly or ad_hoc.</param>
    /// <param name="Starts">From when on reviewers are asked.</param>
    /// <param name="Deadline">Until when they decide.</param>
    /// <param name="Zone">The IANA zone of the site.</param>
    /// <param name="Departments">Only people of these departments; all unless given.</param>
    /// <param name="Roles">Only these roles; all unless given.</param>
    /// <param name="Risks">Only these risk classes (low, medium, high); all unless given.</param>
    /// <param name="TwoStages">Whether a PACS administrator judges after the first reviewer.</param>
    /// <param name="Recurring">Whether the calendar brings the next one by itself: for quarterly and six-monthly ones.</param>
    /// <param name="ChangedOnly">Only what is different since it was certified, or never was.</param>
    [JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
    public sealed record Command(
        string Name, CampaignKind Kind, DateTimeOffset Starts, DateTimeOffset Deadline, string Zone,
        IReadOnlyList<string>? Departments = null, IReadOnlyList<string>? Roles = null, IReadOnlyList<RiskClass>? Risks = null,
        bool TwoStages = false, bool Recurring = false, bool ChangedOnly = false);

    public static Outcome<CampaignEvent> Decide(Campaign state, Command command, DateTimeOffset now) => state switch
    {
        Campaign.NotSetUp => Malformed(command, now) is { } malformed ? malformed : new CampaignSetUp(
            command.Name, command.Kind,
            new CampaignScope(command.Departments ?? [], command.Roles ?? [], [.. (command.Risks ?? []).Distinct()], command.ChangedOnly),
            command.Starts, command.Deadline, command.Zone, command.TwoStages,
            command.Recurring ? new CampaignSeries(command.Starts, 0) : null, now),
        _ => Outcome.NothingToDo<CampaignEvent>(),
    };

    /// <summary>What the calendar brings after a campaign was launched. It is there once, however often it is brought.</summary>
    public static Outcome<CampaignEvent> Follow(Campaign state, CampaignTerms next, DateTimeOffset now) => state is Campaign.NotSetUp
        ? Of(next, now)
        : Outcome.NothingToDo<CampaignEvent>();

    /// <summary>What an event about somebody brings: it is launched with it, and there once, however often it is told.</summary>
    public static Outcome<CampaignEvent> Begin(Campaign state, CampaignTerms terms, DateTimeOffset now) => state is Campaign.NotSetUp
        ? Outcome.Of<CampaignEvent>(Of(terms, now), new CampaignLaunched(now))
        : Outcome.NothingToDo<CampaignEvent>();

    public static void Map(IEndpointRouteBuilder strong) => strong
        .MapPost("/campaigns", (Command command, CampaignCommands campaigns, HttpContext http) => campaigns.RunAsync(
            http, CommandRunner.NewId(), state => Decide(state, command, campaigns.Now),
            (id, _) => Results.Created($"/campaigns/{id}", new { id })));

    private static CampaignSetUp Of(CampaignTerms terms, DateTimeOffset now) => new(
        terms.Name, terms.Kind, terms.Scope, terms.Starts, terms.Deadline, terms.Zone, terms.TwoStages, terms.Series, now);

    private static Refusal? Malformed(Command command, DateTimeOffset now) => command switch
    {
        _ when !Identifiers.IsText(command.Name, NameLengthMax) => Bad($"name is a text of 1 to {NameLengthMax} characters"),
        { Kind: CampaignKind.Mover or CampaignKind.Returner } => Bad("kind is quarterly, six_monthly or ad_hoc; movers and returners bring their own"),
        _ when !TimeZoneInfo.TryFindSystemTimeZoneById(command.Zone, out TimeZoneInfo? zone) || !zone.HasIanaId =>
            Bad("zone is the IANA name of a time zone, for example Europe/Vienna"),
        _ when command.Deadline <= now || command.Deadline - command.Starts < Shortest || command.Deadline - command.Starts > Longest =>
            Bad($"deadline is in the future, and {Shortest.TotalHours:0} hour to {Longest.TotalDays:0} days after starts"),
        _ when command.Starts > now + FurthestAhead => Bad($"starts is within the next {FurthestAhead.TotalDays:0} days"),
        { Departments: { } departments } when !AreIds(departments) => Bad($"departments are at most {ListMax} names of departments"),
        { Roles: { } roles } when !AreIds(roles) => Bad($"roles are at most {ListMax} ids of roles"),
        { Recurring: true, Kind: var kind } when CampaignCalendar.MonthsOf(kind) is null =>
            Bad("recurring are quarterly and six_monthly campaigns only"),
        _ => null,
    };

    private static bool AreIds(IReadOnlyList<string> ids) =>
        ids.Count <= ListMax && ids.All(id => id is not null && Identifiers.IsForeign(id));

    private static Refusal Bad(string what) => new("campaign_malformed", $"The campaign cannot be so: {what}.");
}
