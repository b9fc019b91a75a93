namespace AccessGov.PolicyDecision.GeographyAlerts;

/// <summary>The wiring of the alerts about people who ask from where they are not at home.</summary>
internal static class GeographyAlertsModule
{
    public static void AddGeographyAlerts(this IServiceCollection services) =>
        services.AddSingleton<GeographyWatch>().AddHostedService<GeographyMessages>();

    public static void MapGeographyAlerts(this IEndpointRouteBuilder routes) => GeographyAlertList.Map(routes);
}
