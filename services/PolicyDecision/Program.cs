using AccessGov.PolicyDecision;
using AccessGov.PolicyDecision.Journal;
using AccessGov.PolicyDecision.Standalone;

if (StandaloneOptions.IsAsked(args))
{
    return await StandaloneHost.RunAsync(args);
}

try
{
    await using WebApplication app = ServiceHost.Build(args);
    await app.RunAsync();
    return 0;
}
catch (SpoolUnusableException unusable)
{
    await Console.Error.WriteLineAsync(unusable.Message);
    return 1;
}

public partial class Program;
