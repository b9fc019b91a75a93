using AccessGov.BreakGlass;

await using WebApplication app = ServiceHost.Build(args);
await app.RunAsync();
