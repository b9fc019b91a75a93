using AccessGov.Benchmarks;
using AccessGov.Benchmarks.EventStore;

switch (args.FirstOrDefault())
{
    case "event-store":
        return await EventStoreBenchmark.RunAsync();
    case "limit":
        await LimitServer.RunAsync(int.Parse(args[1]));
        return 0;
    default:
        Console.Error.WriteLine("Say which: dotnet run -c Release --project tests/Benchmarks -- event-store, or limit PORT");
        return 2;
}
