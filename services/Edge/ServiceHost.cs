using AccessGov.ServiceDefaults;

namespace AccessGov.Edge;

/// <summary>The whole service: defaults, its module, its endpoints. Tests build the same.</summary>
internal static class ServiceHost
{
    /// <param name="arguments">The command line.</param>
    /// <param name="clock">The time that the service goes by; the machine's unless given.</param>
    public static WebApplication Build(string[] arguments, TimeProvider? clock = null)
    {
        WebApplicationBuilder builder = WebApplication.CreateBuilder(arguments);
        builder.Services.AddSingleton(clock ?? TimeProvider.System);

        // Tokens cannot be had while this service matters: capabilities, which their holders sign, are what counts.
        builder.AddServiceDefaults(Refusals.Service, authenticateCallers: false);
        builder.AddEdge();

        WebApplication app = builder.Build();
        app.MapServiceDefaults();
        app.MapEdge();
        return app;
    }
}
