using AccessGov.Audit.Export;
using AccessGov.Audit.Export.Destinations;
using AccessGov.Audit.Trail;
using AccessGov.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Npgsql;

namespace AccessGov.Audit.Tests.Export;

/// <summary>Workers of destinations on a trail in memory, with their positions in a real database.</summary>
internal sealed class Exporting : IAsyncDisposable
{
    private readonly CancellationTokenSource stopping = new();
    private readonly List<(ExportWorker Worker, Task Running)> workers = [];

    private readonly bool mine;

    private Exporting(TrailDatabase database, string superuser, Leaves? leaves = null) =>
        (Database, Superuser, Leaves, mine) = (database, superuser, leaves ?? new Leaves(), leaves is null);

    /// <summary>A superuser's connection string to the trail's database.</summary>
    public string Superuser { get; }

    public TrailDatabase Database { get; }

    public Leaves Leaves { get; }

    public string Folder { get; } = Directory.CreateTempSubdirectory("accessgov-export-").FullName;

    public OpenDetails Open { get; set; } = _ => ValueTask.FromResult<OpenedDetails?>(null);

    public static async Task<Exporting> StartAsync()
    {
        string superuser = await (await PostgresServer.SharedAsync()).CreateDatabaseAsync();
        await AuditDatabase.CreateAsync(superuser);
        string Of(string role) => new NpgsqlConnectionStringBuilder(superuser) { Username = role, Password = role }.ConnectionString;
        return new Exporting(new TrailDatabase(Options.Create(new AuditOptions
        {
            AppendConnectionString = Of("audit_append"), SealConnectionString = Of("audit_seal"), ReadConnectionString = Of("audit_read"),
        })), superuser);
    }

    /// <summary>Serves a destination until the end of the test.</summary>
    public DestinationState Serve(string name, DestinationOptions options)
    {
        var state = new DestinationState(name, options);
        var setting = new ExportSetting(Leaves, Database, Leaves.Origin, entry => Open(entry), TimeSpan.FromMilliseconds(20),
            TimeProvider.System);
        var worker = new ExportWorker(options, setting, state, NullLogger.Instance);
        workers.Add((worker, Task.Run(() => worker.RunAsync(stopping.Token))));
        return state;
    }

    /// <summary>The same trail and positions, after those who served have stopped.</summary>
    public Exporting After() => new(Database, Superuser, Leaves);

    public async Task<long?> PositionAsync(string name)
    {
        await using NpgsqlCommand read = Database.Read.CreateCommand("select size from trail.progress where name = $1");
        read.Parameters.AddWithValue(ExportPosition.NameOf(name));
        return (long?)await read.ExecuteScalarAsync();
    }

    public Task UntilAsync(string name, long position) =>
        Eventually.HoldsAsync(async () => await PositionAsync(name) == position, $"{name} has {position} events");

    /// <summary>Ends all workers, as the end of the service does.</summary>
    public async Task StopAsync()
    {
        await stopping.CancelAsync();
        foreach ((ExportWorker worker, Task running) in workers)
        {
            await Should.ThrowAsync<OperationCanceledException>(() => running);
            worker.Dispose();
        }

        workers.Clear();
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        stopping.Dispose();
        if (mine)
        {
            await Database.DisposeAsync();
        }

        Directory.Delete(Folder, recursive: true);
    }
}
