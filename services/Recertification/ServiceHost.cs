using AccessGov.ServiceDefaults;

namespace AccessGov.Recertification;

/// <summary>The whole service: defaults, its module, its endpoints. Tests build the same.</summary>
internal static class ServiceHost
{
    /// <param name="arguments">The command line.</param>
    /// <param name="clock">The time that the service goes by; the machine's unless given.</param>
    /// <param name="configure">What stands for something outside, instead of the real one.</param>
    public static WebApplication Build(string[] arguments, TimeProvider? clock = null, Action<IServiceCollection>? configure = null)
    {
        WebApplicationBuilder builder = WebApplication.CreateBuilder(arguments);
        builder.Services.AddSingleton(clock ?? TimeProvider.System);
        builder.AddServiceDefaults(Refusals.Service);
        builder.AddRecertification();
        configure?.Invoke(builder.Services);

        WebApplication app = builder.Build();
        app.MapServiceDefaults();
        app.MapRecertification();
        return app;
    }
}
