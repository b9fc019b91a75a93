using AccessGov.Console;

await using WebApplication app = ConsoleHost.Build(args);
await app.RunAsync();
