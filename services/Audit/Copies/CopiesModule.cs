using AccessGov.ServiceDefaults;

namespace AccessGov.Audit.Copies;

/// <summary>The wiring of copies.</summary>
internal static class CopiesModule
{
    public static void AddCopies(this IServiceCollection services)
    {
        services.AddSettings<CopiesOptions>(CopiesOptions.Section);
        services.AddSingleton<CopyStates>();
        services.AddHostedService<Copying>();
        services.AddHealthChecks().AddCheck<CopyStates>("copies");
    }
}
