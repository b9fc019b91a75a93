using AccessGov.Recertification;

await using WebApplication app = ServiceHost.Build(args);
await app.RunAsync();
