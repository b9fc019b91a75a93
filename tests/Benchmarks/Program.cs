using AccessGov.Benchmarks;
using AccessGov.Benchmarks.Audit;
using AccessGov.Benchmarks.Cedar;
using AccessGov.Benchmarks.Directories;
using AccessGov.Benchmarks.Emergency;
using AccessGov.Benchmarks.EventStore;
using AccessGov.Benchmarks.Identity;
using AccessGov.Benchmarks.Impact;
using AccessGov.Benchmarks.Search;
using AccessGov.Benchmarks.TimeTravel;

switch (args.FirstOrDefault())
{
    case "event-store":
        return await EventStoreBenchmark.RunAsync();
    case "cedar":
        return args is [_, "--bdn"] ? CedarMicrobenchmarks.Run() : CedarBenchmark.Run();
    case "search":
        return await SearchBenchmark.RunAsync();
    case "impact":
        return await ImpactBenchmark.RunAsync(args is [_, var decisions] ? int.Parse(decisions) : 1_000_000);
    case "time-travel":
        return await TimeTravelBenchmark.RunAsync(args is [_, var events] ? int.Parse(events) : 1_000_000);
    case "directory":
        return await DirectoryBenchmark.RunAsync(args is [_, var people] ? int.Parse(people) : 50_000);
    case "identity":
        return await IdentityBenchmark.RunAsync();
    case "leavers":
        return await LeaverBenchmark.RunAsync();
    case "emergency":
        return await EmergencyBenchmark.RunAsync();
    case "audit-trail":
        return await AuditTrailBenchmark.RunAsync(args is [_, var entries] ? int.Parse(entries) : 10_000_000);
    case "audit-verify":
        return AuditVerifyBenchmark.Verify(args is [_, var leaves] ? int.Parse(leaves) : 5_000_000);
    case "audit-proof":
        return AuditVerifyBenchmark.Prove(args is [_, var proven] ? int.Parse(proven) : 1_000_000);
    case "audit-ingest":
        return await AuditIngestBenchmark.RunAsync(args is [_, var taken] ? int.Parse(taken) : 400_000);
    case "limit":
        await LimitServer.RunAsync(int.Parse(args[1]));
        return 0;
    default:
        Console.Error.WriteLine("Say which: dotnet run -c Release --project tests/Benchmarks -- event-store, cedar, cedar --bdn, "
            + "search, impact [DECISIONS], time-travel [EVENTS], directory [PEOPLE], identity, "
            + "leavers, emergency, audit-trail [ENTRIES], audit-ingest [EVENTS], audit-verify [LEAVES], audit-proof [LEAVES], or limit PORT");
        return 2;
}
