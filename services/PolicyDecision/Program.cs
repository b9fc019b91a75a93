using AccessGov.PolicyDecision;
using AccessGov.PolicyDecision.Standalone;
using AccessGov.ServiceDefaults;

if (StandaloneOptions.IsAsked(args))
{
    return await StandaloneHost.RunAsync(args);
}

WebApplicationBuilder builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults(Refusals.Service);
builder.AddPolicyDecision();

WebApplication app = builder.Build();
app.MapServiceDefaults();
app.MapDevelopmentTokens();
app.MapPolicyDecision();
await app.RunAsync();
return 0;

public partial class Program;
