using AccessGov.ServiceDefaults;
using AccessGov.TransparencyLog;
using Microsoft.Extensions.Options;

namespace AccessGov.Witness;

/// <summary>The whole wiring of the service.</summary>
internal static class WitnessModule
{
    public static void AddWitness(this WebApplicationBuilder builder)
    {
        IServiceCollection services = builder.Services;
        services.AddSettings<WitnessOptions>(WitnessOptions.Section);
        services.AddSingleton(provider => provider.GetRequiredService<IOptions<WitnessOptions>>().Value.ReadSigner());
        services.AddSingleton<KnownLogs>().AddSingleton<CosignedCheckpoints>();
        services.AddHealthChecks().AddCheck<WitnessHealth>("logs", tags: [HealthEndpoints.ReadyTag]);
    }

    public static void MapWitness(this WebApplication app)
    {
        // Resolved here so that a broken key, or another process in the same directory, ends the start and not the first request.
        NoteSigner signer = app.Services.GetRequiredService<NoteSigner>();
        app.Services.GetRequiredService<CosignedCheckpoints>();
        app.Logger.LogInformation("This witness signs as {Key}", signer.Key.ToString());
        AddCheckpoint.Map(app);
        ServeCheckpoint.Map(app);
    }
}
