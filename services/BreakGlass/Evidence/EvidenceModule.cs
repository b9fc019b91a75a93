using AccessGov.BreakGlass.Eligibility;

namespace AccessGov.BreakGlass.Evidence;

/// <summary>The wiring of what is known of a case.</summary>
internal static class EvidenceModule
{
    // Somebody reads a page; PolicyDecision looks back through its journal and its history.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    public static void AddEvidence(this IServiceCollection services)
    {
        services.AddSingleton<CaseFacts>().AddSingleton<GatherEvidence>();
        services.AddSingleton(provider => new EvidenceClient(
            EligibilityModule.ToPolicyDecision(provider, Patience), provider.GetRequiredService<ILogger<EvidenceClient>>()));
    }

    public static void MapEvidence(this IEndpointRouteBuilder routes) => ShowEvidence.Map(routes);
}
