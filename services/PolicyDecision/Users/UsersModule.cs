using AccessGov.ServiceDefaults;

namespace AccessGov.PolicyDecision.Users;

/// <summary>The wiring of what is known of users.</summary>
internal static class UsersModule
{
    public static void AddUsers(this IServiceCollection services)
    {
        services.AddSingleton<DisabledClients>().AddSingleton<EndedSessions>().AddHostedService(provider => provider.GetRequiredService<EndedSessions>());
        services.AddHealthChecks().AddCheck<EndedSessions>("ended-sessions", tags: [HealthEndpoints.ReadyTag]);
    }
}
