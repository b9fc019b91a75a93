using AccessGov.Client;
using AccessGov.EventSourcing;
using Microsoft.Extensions.Options;

namespace AccessGov.BreakGlass.Evidence;

/// <summary>The wiring of what is known of a case.</summary>
internal static class EvidenceModule
{
    // Somebody reads a page; PolicyDecision looks back through its journal and its history.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    public static void AddEvidence(this IServiceCollection services)
    {
        services.AddSingleton<CaseFacts>().AddSubscription<CaseFacts>().AddSingleton<GatherEvidence>();
        services.AddSingleton(provider =>
        {
            BreakGlassOptions options = provider.GetRequiredService<IOptions<BreakGlassOptions>>().Value;
            var handler = new ClientCredentials(options.Client, provider.GetRequiredService<TimeProvider>())
            {
                InnerHandler = new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromMinutes(2) },
            };
            return new EvidenceClient(
                new HttpClient(handler) { BaseAddress = options.PolicyDecisionUrl, Timeout = Patience },
                provider.GetRequiredService<ILogger<EvidenceClient>>());
        });
    }

    public static void MapEvidence(this IEndpointRouteBuilder routes) => ShowEvidence.Map(routes);
}
