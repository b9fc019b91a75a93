namespace AccessGov.Audit.Trail;

/// <summary>The wiring of the trail.</summary>
internal static class TrailModule
{
    public static void AddTrail(this IServiceCollection services)
    {
        services.AddSingleton<TrailDatabase>().AddSingleton<TrailSignal>();
    }

    public static void MapTrail(this IEndpointRouteBuilder routes)
    {
    }
}
