namespace AccessGov.PolicyDecision.Creep;

/// <summary>The wiring of what people have gathered.</summary>
internal static class CreepModule
{
    public static void AddCreep(this IServiceCollection services) => services
        .AddSingleton<CreepSpan>().AddSingleton<LastCertifications>().AddSingleton<GatheredRights>().AddSingleton<MostGathered>();

    public static void MapCreep(this IEndpointRouteBuilder routes)
    {
        GatheredRights.Map(routes);
        MostGathered.Map(routes);
    }
}
