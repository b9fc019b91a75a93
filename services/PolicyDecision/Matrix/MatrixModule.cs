namespace AccessGov.PolicyDecision.Matrix;

/// <summary>The wiring of the permission matrix.</summary>
internal static class MatrixModule
{
    public static void AddMatrix(this IServiceCollection services) => services
        .AddSingleton<Matrices>().AddSingleton<ReadMatrix>().AddSingleton<UnusedRights>();

    public static void MapMatrix(this IEndpointRouteBuilder routes)
    {
        ReadMatrix.Map(routes);
        UnusedRights.Map(routes);
    }
}
