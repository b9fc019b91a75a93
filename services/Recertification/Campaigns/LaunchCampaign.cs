using AccessGov.EventSourcing;

namespace AccessGov.Recertification.Campaigns;

/// <summary>Launches a campaign: its reviewers are asked from its start on.</summary>
internal static class LaunchCampaign
{
    public const string DeadlinePassed = "deadline_passed";

    public static Outcome<CampaignEvent> Decide(Campaign state, DateTimeOffset now) => state switch
    {
        Campaign.NotSetUp => CampaignRefusals.Unknown,
        Campaign.SetUp { Terms.Deadline: var deadline } when deadline <= now =>
            new Refusal(DeadlinePassed, "Its deadline is over, and nobody could decide: extend it first, or set up another one."),
        Campaign.SetUp => new CampaignLaunched(now),
        Campaign.Launched => Outcome.NothingToDo<CampaignEvent>(),
        _ => CampaignRefusals.Over,
    };

    public static void Map(IEndpointRouteBuilder strong) => strong
        .MapPost("/campaigns/{id}/launch", (string id, CampaignCommands campaigns, HttpContext http) => campaigns.RunAsync(
            http, id, state => Decide(state, campaigns.Now)));
}
