using AccessGov.Client;
using Microsoft.Extensions.Options;

namespace AccessGov.BreakGlass.Eligibility;

/// <summary>The wiring of the questions to PolicyDecision.</summary>
internal static class EligibilityModule
{
    // Somebody stands at a bed and waits.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    public static void AddEligibility(this IServiceCollection services) => services.AddSingleton(provider =>
    {
        BreakGlassOptions options = provider.GetRequiredService<IOptions<BreakGlassOptions>>().Value;
        var handler = new ClientCredentials(options.Client, provider.GetRequiredService<TimeProvider>())
        {
            InnerHandler = new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromMinutes(2) },
        };
        return new PolicyDecisionClient(
            new HttpClient(handler) { BaseAddress = options.PolicyDecisionUrl, Timeout = Patience },
            provider.GetRequiredService<ILogger<PolicyDecisionClient>>());
    });
}
