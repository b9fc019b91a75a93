namespace AccessGov.Recertification.Campaigns;

/// <summary>The wiring of campaigns.</summary>
internal static class CampaignsModule
{
    public static void AddCampaigns(this IServiceCollection services) => services
        .AddSingleton<CampaignRows>().AddSingleton<CampaignCommands>().AddSingleton<EventCampaigns>().AddHostedService<FollowCalendar>();

    public static void MapCampaigns(this IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder strong = routes.MapStrongGroup(SetUpCampaign.Scope);
        SetUpCampaign.Map(strong);
        LaunchCampaign.Map(strong);
        PauseCampaign.Map(strong);
        ExtendCampaign.Map(strong);
        CancelCampaign.Map(strong);
        ShowCampaigns.Map(routes);
    }
}
