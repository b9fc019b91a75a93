using AccessGov.ServiceDefaults;

namespace AccessGov.Witness;

/// <summary>The whole service: defaults, its module, its endpoints. Tests build the same.</summary>
internal static class ServiceHost
{
    /// <param name="arguments">The command line.</param>
    /// <param name="clock">The time that the service goes by; the machine's unless given.</param>
    public static WebApplication Build(string[] arguments, TimeProvider? clock = null)
    {
        WebApplicationBuilder builder = WebApplication.CreateBuilder(arguments);
        builder.Services.AddSingleton(clock ?? TimeProvider.System);

        // The protocol asks nobody who they are: a log's signature on its checkpoint is what counts.
        builder.AddServiceDefaults(AddCheckpoint.Service, authenticateCallers: false);
        builder.AddWitness();

        WebApplication app = builder.Build();
        app.MapServiceDefaults();
        app.MapWitness();
        return app;
    }
}
