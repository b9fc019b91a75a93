using AccessGov.Console;

try
{
    await using WebApplication app = ConsoleHost.Build(args);
    await app.RunAsync();
    return 0;
}
catch (ConsoleUnusableException unusable)
{
    await System.Console.Error.WriteLineAsync(unusable.Message);
    return 1;
}
