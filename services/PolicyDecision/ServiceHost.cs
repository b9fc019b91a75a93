using AccessGov.ServiceDefaults;

namespace AccessGov.PolicyDecision;

/// <summary>The whole service: defaults, its module, its endpoints. Tests build the same.</summary>
internal static class ServiceHost
{
    public static WebApplication Build(string[] arguments)
    {
        WebApplicationBuilder builder = WebApplication.CreateBuilder(arguments);
        builder.AddServiceDefaults(Refusals.Service);
        builder.AddPolicyDecision();

        WebApplication app = builder.Build();
        app.MapServiceDefaults();
        app.MapDevelopmentTokens();
        app.MapPolicyDecision();
        return app;
    }
}
