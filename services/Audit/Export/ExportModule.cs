using AccessGov.Audit.Export.Destinations;
using AccessGov.ServiceDefaults;
using Microsoft.Extensions.Options;

namespace AccessGov.Audit.Export;

/// <summary>The wiring of what leaves the trail.</summary>
internal static class ExportModule
{
    public static void AddExport(this IServiceCollection services)
    {
        services.AddSettings<ExportOptions>(ExportOptions.Section);
        services.AddSingleton(provider => ExportService.OriginOf(
            provider.GetRequiredService<IOptions<AuditOptions>>().Value, provider.GetRequiredService<IOptions<ExportOptions>>().Value));
        services.AddSingleton<Identities>();
        services.AddSingleton<OpenDetails>(provider => provider.GetRequiredService<Identities>().OpenAsync);
        services.AddSingleton<ITrailLeaves, PublishedLeaves>().AddSingleton<DestinationStates>();
        services.AddHostedService<ExportService>();
        services.AddHealthChecks().AddCheck<DestinationsHealth>("export");
    }

    public static void MapExport(this IEndpointRouteBuilder routes)
    {
        ListDestinations.Map(routes);
        SkipEvent.Map(routes);
        DownloadEntries.Map(routes);
    }
}
