using AccessGov.EventSourcing;
using AccessGov.Recertification.Campaigns;
using AccessGov.ServiceDefaults;

namespace AccessGov.Recertification.Reviews;

/// <summary>The wiring of items and who judges them.</summary>
internal static class ReviewsModule
{
    public const string CreateTable = Roster.CreateTable + OpeningProgress.CreateTable + ItemList.CreateTable + Certifications.CreateTable;

    public static void AddReviews(this IServiceCollection services) => services
        .AddSingleton<Roster>().AddSingleton<ItemGathering>().AddSingleton<OpeningProgress>().AddSingleton<Certifications>().AddSubscription<ItemList>()
        .AddSingleton<ItemCommands>().AddSingleton<MyReviews>().AddSingleton<PreviewCampaign>().AddHostedService<OpenItems>();

    public static void MapReviews(this IEndpointRouteBuilder routes)
    {
        PreviewCampaign.Map(routes);
        ItemList.Map(routes);
        MyReviews.Map(routes);
        DecideItem.Map(routes);
        KeepLowRisks.Map(routes);
        PassOn.Map(routes);
        AskPerson.Map(routes);
        RestoreAccess.Map(routes);
        ReassignItem.Map(routes.MapStrongGroup(SetUpCampaign.Scope));
    }
}
