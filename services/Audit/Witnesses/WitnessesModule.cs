using AccessGov.ServiceDefaults;

namespace AccessGov.Audit.Witnesses;

/// <summary>The wiring of witnesses.</summary>
internal static class WitnessesModule
{
    public static void AddWitnesses(this IServiceCollection services)
    {
        services.AddSettings<WitnessesOptions>(WitnessesOptions.Section);
        services.AddSingleton<WitnessStates>();
        services.AddHostedService<Cosigning>();
        services.AddHealthChecks().AddCheck<WitnessStates>("witnesses");
    }
}
