using AccessGov.Benchmarks;
using AccessGov.Benchmarks.Cedar;
using AccessGov.Benchmarks.EventStore;
using AccessGov.Benchmarks.Search;

switch (args.FirstOrDefault())
{
    case "event-store":
        return await EventStoreBenchmark.RunAsync();
    case "cedar":
        return args is [_, "--bdn"] ? CedarMicrobenchmarks.Run() : CedarBenchmark.Run();
    case "search":
        return await SearchBenchmark.RunAsync();
    case "limit":
        await LimitServer.RunAsync(int.Parse(args[1]));
        return 0;
    default:
        Console.Error.WriteLine("Say which: dotnet run -c Release --project tests/Benchmarks -- event-store, cedar, cedar --bdn, search, or limit PORT");
        return 2;
}
