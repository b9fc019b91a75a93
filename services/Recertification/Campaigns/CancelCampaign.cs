using AccessGov.EventSourcing;

namespace AccessGov.Recertification.Campaigns;

/// <summary>Gives a campaign up. What was decided in it stays.</summary>
internal static class CancelCampaign
{
    public static Outcome<CampaignEvent> Decide(Campaign state, ReasonedCommand command, DateTimeOffset now) => state switch
    {
        Campaign.NotSetUp => CampaignRefusals.Unknown,
        Campaign.Cancelled => Outcome.NothingToDo<CampaignEvent>(),
        Campaign.SetUp or Campaign.Launched => CampaignRefusals.IsReason(command.Reason)
            ? new CampaignCancelled(command.Reason, now)
            : Refusals.ReasonRequired,
        _ => CampaignRefusals.Over,
    };

    public static void Map(IEndpointRouteBuilder strong) => strong
        .MapPost("/campaigns/{id}/cancel", (string id, ReasonedCommand command, CampaignCommands campaigns, HttpContext http) =>
            campaigns.RunAsync(http, id, state => Decide(state, command, campaigns.Now)));
}
