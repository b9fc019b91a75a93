using AccessGov.ServiceDefaults;

namespace AccessGov.PolicyDecision.Facts;

/// <summary>The wiring of the facts.</summary>
internal static class FactsModule
{
    public static void AddFacts(this IServiceCollection services)
    {
        services.AddSingleton<FactsLease>();
        services.AddSingleton<ReplicaLeases>();
        services.AddSingleton<FactsFollower>();
        services.AddSingleton<IFacts>(provider => provider.GetRequiredService<FactsFollower>());
        services.AddHostedService(provider => provider.GetRequiredService<FactsFollower>());
        services.AddHostedService<LeaseRenewal>();
        services.AddHealthChecks().AddCheck<FactsFollower>("facts", tags: [HealthEndpoints.ReadyTag]);
    }
}
