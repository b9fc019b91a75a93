using AccessGov.Edge;

await using WebApplication app = ServiceHost.Build(args);
await app.RunAsync();

public partial class Program;
