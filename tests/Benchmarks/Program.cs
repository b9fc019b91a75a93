using AccessGov.Benchmarks.EventStore;

switch (args.FirstOrDefault())
{
    case "event-store":
        return await EventStoreBenchmark.RunAsync();
    default:
        Console.Error.WriteLine("Say which: dotnet run -c Release --project tests/Benchmarks -- event-store");
        return 2;
}
