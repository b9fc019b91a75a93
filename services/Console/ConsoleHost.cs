using AccessGov.ServiceDefaults;

namespace AccessGov.Console;

/// <summary>The whole service: defaults, its module, its pages. Tests build the same.</summary>
internal static class ConsoleHost
{
    /// <param name="arguments">The command line.</param>
    public static WebApplication Build(string[] arguments)
    {
        WebApplicationBuilder builder = WebApplication.CreateBuilder(arguments);

        // Callers come with a cookie here, not with a bearer token.
        builder.AddServiceDefaults("console", authenticateCallers: false);
        builder.AddConsole();

        WebApplication app = builder.Build();
        app.MapServiceDefaults();
        app.MapConsole();
        return app;
    }
}
