namespace AccessGov.PolicyDecision.Sites;

/// <summary>The wiring of the sites.</summary>
internal static class SitesModule
{
    public static void MapSites(this IEndpointRouteBuilder routes)
    {
        DefineSite.Map(routes);
        SiteList.Map(routes);
    }
}
