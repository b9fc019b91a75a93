using AccessGov.EventSourcing;

namespace AccessGov.Recertification.Campaigns;

/// <summary>Lets a campaign rest, and go on.</summary>
internal static class PauseCampaign
{
    public static Outcome<CampaignEvent> Decide(Campaign state, ReasonedCommand command, DateTimeOffset now) => state switch
    {
        Campaign.Launched when !CampaignRefusals.IsReason(command.Reason) => Refusals.ReasonRequired,
        Campaign.Launched { Paused: true } => Outcome.NothingToDo<CampaignEvent>(),
        Campaign.Launched => new CampaignPaused(command.Reason, now),
        _ => NotRunning(state),
    };

    public static Outcome<CampaignEvent> Resume(Campaign state, ReasonedCommand command, DateTimeOffset now) => state switch
    {
        Campaign.Launched when !CampaignRefusals.IsReason(command.Reason) => Refusals.ReasonRequired,
        Campaign.Launched { Paused: false } => Outcome.NothingToDo<CampaignEvent>(),
        Campaign.Launched => new CampaignResumed(command.Reason, now),
        _ => NotRunning(state),
    };

    public static void Map(IEndpointRouteBuilder strong)
    {
        strong.MapPost(
            "/campaigns/{id}/pause", (string id, ReasonedCommand command, CampaignCommands campaigns, HttpContext http) =>
                campaigns.RunAsync(http, id, state => Decide(state, command, campaigns.Now)));
        strong.MapPost(
            "/campaigns/{id}/resume", (string id, ReasonedCommand command, CampaignCommands campaigns, HttpContext http) =>
                campaigns.RunAsync(http, id, state => Resume(state, command, campaigns.Now)));
    }

    private static Refusal NotRunning(Campaign state) => state switch
    {
        Campaign.NotSetUp => CampaignRefusals.Unknown,
        Campaign.SetUp => CampaignRefusals.NotLaunched,
        _ => CampaignRefusals.Over,
    };
}
