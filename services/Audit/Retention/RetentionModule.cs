using AccessGov.ServiceDefaults;

namespace AccessGov.Audit.Retention;

/// <summary>The wiring of retention: classes, holds, shreddings, prunings.</summary>
internal static class RetentionModule
{
    public static void AddRetention(this IServiceCollection services)
    {
        services.AddSettings<RetentionOptions>(RetentionOptions.Section);
        services.AddSingleton<RetentionClasses>().AddSingleton<ClassYears>().AddSingleton<LegalHolds>();
        services.AddSingleton<Shreddings>().AddSingleton<ShreddingProposals>();
        services.AddSingleton<ShreddingScan>().AddSingleton<ShreddingState>().AddSingleton<ShreddingProof>().AddSingleton<ShreddingRun>();
        services.AddSingleton<PrunableLook>().AddSingleton<Prunings>().AddSingleton<PruningRun>().AddSingleton<PruningState>();
        services.AddHostedService<RetentionWorker>();
        services.AddHealthChecks().AddCheck<PruningState>("pruning").AddCheck<ShreddingState>("shredding");
    }

    public static void MapRetention(this IEndpointRouteBuilder routes)
    {
        PlaceLegalHold.Map(routes);
        ProposeShredding.Map(routes);
        DecideShredding.Map(routes);
        ShowRetention.Map(routes);
        PruneTrail.Map(routes);
    }
}
