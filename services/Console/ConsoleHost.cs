using AccessGov.ServiceDefaults;

namespace AccessGov.Console;

/// <summary>The whole service: defaults, its module, its pages. Tests build the same.</summary>
internal static class ConsoleHost
{
    /// <param name="arguments">The command line.</param>
    /// <exception cref="ConsoleUnusableException">Nobody could sign in here: the message says why.</exception>
    public static WebApplication Build(string[] arguments)
    {
        WebApplicationBuilder builder = WebApplication.CreateBuilder(arguments);
        if (!builder.Environment.IsDevelopment())
        {
            throw new ConsoleUnusableException(
                $"The environment is {builder.Environment.EnvironmentName}, and people sign in to this console with development tokens, which prove nothing about who they are: "
                + "start it with ASPNETCORE_ENVIRONMENT=Development, on a machine that only you reach.");
        }

        // Callers come with a cookie here, not with a bearer token.
        builder.AddServiceDefaults("console", authenticateCallers: false);
        builder.AddConsole();

        WebApplication app = builder.Build();
        app.MapServiceDefaults();
        app.MapConsole();
        return app;
    }
}

/// <summary>The console does not start; the message is one sentence for whoever starts it.</summary>
internal sealed class ConsoleUnusableException(string message) : Exception(message);
