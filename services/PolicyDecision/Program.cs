using AccessGov.PolicyDecision.Standalone;

if (StandaloneOptions.IsAsked(args))
{
    return await StandaloneHost.RunAsync(args);
}

return 1;

public partial class Program;
