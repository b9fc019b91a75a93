using AccessGov.Client;
using Microsoft.Extensions.Options;

namespace AccessGov.BreakGlass.Eligibility;

/// <summary>The wiring of the questions to PolicyDecision.</summary>
internal static class EligibilityModule
{
    // Somebody stands at a bed and waits.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    public static void AddEligibility(this IServiceCollection services) => services
        .AddSingleton(provider => new ClientChannel(
            provider.GetRequiredService<IOptions<BreakGlassOptions>>().Value.Client, provider.GetRequiredService<TimeProvider>()))
        .AddSingleton(provider => new PolicyDecisionClient(
            ToPolicyDecision(provider, Patience),
            provider.GetRequiredService<ILogger<PolicyDecisionClient>>()));

    /// <summary>Asks PolicyDecision as this service.</summary>
    public static HttpClient ToPolicyDecision(IServiceProvider provider, TimeSpan patience) => provider.GetRequiredService<ClientChannel>()
        .To(provider.GetRequiredService<IOptions<BreakGlassOptions>>().Value.PolicyDecisionUrl!, patience);
}
