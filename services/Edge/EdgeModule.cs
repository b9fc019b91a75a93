using AccessGov.Edge.Images;
using AccessGov.Edge.Journal;
using AccessGov.Edge.Merge;
using AccessGov.Edge.Station;
using AccessGov.Edge.Uses;
using AccessGov.ServiceDefaults;

namespace AccessGov.Edge;

/// <summary>The whole wiring of the service.</summary>
internal static class EdgeModule
{
    public static void AddEdge(this WebApplicationBuilder builder)
    {
        IServiceCollection services = builder.Services;
        services.AddSettings<EdgeOptions>(EdgeOptions.Section);
        services.AddSingleton<EdgeClock>().AddSingleton<EdgeJournal>().AddSingleton<AccessTokens>().AddSingleton<ClientAddress>();
        services.AddSingleton<HeardNews>().AddSingleton<BreakGlassClient>();
        services.AddSingleton<RefusedUses>().AddSingleton<UseCapability>();
        services.AddSingleton<ArchivePatients>().AddSingleton<AskForImages>();
        services.AddSingleton<MergeJournal>().AddHostedService(provider => provider.GetRequiredService<MergeJournal>());
        services.AddSettings<StationOptions>(StationOptions.Section);
        services.AddSingleton<StationCapability>().AddHostedService(provider => provider.GetRequiredService<StationCapability>());
        services.AddHealthChecks()
            .AddCheck<JournalHealth>("journal", tags: [HealthEndpoints.ReadyTag])
            .AddCheck<BreakGlassHealth>("break-glass");
    }

    public static void MapEdge(this WebApplication app)
    {
        // Resolved here so that another process in the same directory, or a broken key, ends the start and not the first request.
        app.Services.GetRequiredService<EdgeJournal>();
        app.Services.GetRequiredService<AccessTokens>();
        UseCapability.Map(app);
        EndAccess.Map(app);
        AskForImages.Map(app);
        StationPage.Map(app);
    }
}
