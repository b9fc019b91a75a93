using AccessGov.PolicyDecision;
using AccessGov.PolicyDecision.Standalone;

if (StandaloneOptions.IsAsked(args))
{
    return await StandaloneHost.RunAsync(args);
}

await using WebApplication app = ServiceHost.Build(args);
await app.RunAsync();
return 0;

public partial class Program;
