using AccessGov.EventSourcing;

namespace AccessGov.Audit.Trail;

/// <summary>The wiring of the trail.</summary>
internal static class TrailModule
{
    public static void AddTrail(this IServiceCollection services)
    {
        services.AddSingleton<TrailDatabase>().AddSingleton<Signal>().AddSingleton<TrailState>();
        services.AddSingleton<CheckpointSigner>().AddSingleton<WaitingEvents>().AddSingleton<SentEvents>().AddSingleton<TrailReader>();
        services.AddHostedService<Sequencer>();
        services.AddHealthChecks().AddCheck<TrailHealth>("trail");
    }

    public static void MapTrail(this IEndpointRouteBuilder routes) => ServeTrail.Map(routes);
}
