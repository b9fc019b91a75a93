using System.Text.Json.Serialization;
using AccessGov.EventSourcing;

namespace AccessGov.Recertification.Campaigns;

/// <summary>Gives more time to decide.</summary>
internal static class ExtendCampaign
{
    private static readonly TimeSpan Longest = TimeSpan.FromDays(190);

    [JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
    public sealed record Command(DateTimeOffset Deadline, string Reason);

    public static Outcome<CampaignEvent> Decide(Campaign state, Command command, DateTimeOffset now) => state switch
    {
        Campaign.NotSetUp => CampaignRefusals.Unknown,
        Campaign.SetUp s => Extend(s.Terms, command, now),
        Campaign.Launched l => Extend(l.Terms, command, now),
        _ => CampaignRefusals.Over,
    };

    public static void Map(IEndpointRouteBuilder strong) => strong
        .MapPost("/campaigns/{id}/extend", (string id, Command command, CampaignCommands campaigns, HttpContext http) =>
            campaigns.RunAsync(http, id, state => Decide(state, command, campaigns.Now)));

    private static Outcome<CampaignEvent> Extend(CampaignTerms terms, Command command, DateTimeOffset now) => command switch
    {
        _ when !CampaignRefusals.IsReason(command.Reason) => Refusals.ReasonRequired,
        _ when command.Deadline == terms.Deadline => Outcome.NothingToDo<CampaignEvent>(),

        // What is shortened takes from people the time that they were promised.
        _ when command.Deadline < terms.Deadline || command.Deadline <= now || command.Deadline - terms.Starts > Longest =>
            new Refusal(
                "deadline_malformed",
                $"deadline is later than the one before, in the future, and at most {Longest.TotalDays:0} days after the start."),
        _ => new CampaignExtended(command.Deadline, command.Reason, now),
    };
}
