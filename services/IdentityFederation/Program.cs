using AccessGov.IdentityFederation;

await using WebApplication app = ServiceHost.Build(args);
await app.RunAsync();
