using AccessGov.ServiceDefaults;

namespace AccessGov.Console;

/// <summary>The whole service: defaults, its module, its pages. Tests build the same.</summary>
internal static class ConsoleHost
{
    /// <param name="arguments">The command line.</param>
    /// <param name="configure">What a test has otherwise.</param>
    public static WebApplication Build(string[] arguments, Action<IServiceCollection>? configure = null)
    {
        WebApplicationBuilder builder = WebApplication.CreateBuilder(arguments);

        // Callers come with a cookie here, not with a bearer token.
        builder.AddServiceDefaults("console", authenticateCallers: false);
        builder.AddConsole();
        configure?.Invoke(builder.Services);

        WebApplication app = builder.Build();
        app.MapServiceDefaults();
        app.MapConsole();
        return app;
    }
}
