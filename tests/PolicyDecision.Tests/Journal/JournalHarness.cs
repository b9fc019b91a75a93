using System.Globalization;
using System.Text;
using System.Text.Json;
using AccessGov.PolicyDecision.Journal;
using AccessGov.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace AccessGov.PolicyDecision.Tests.Journal;

/// <summary>A journal as a test starts, crashes and restarts it, over one database and one spool directory.</summary>
internal sealed class JournalHarness : IAsyncDisposable
{
    // A connection or a commit that is slow because the machine is goes to the database all the same; a test of the bound sets its own.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly string directory = Directory.CreateTempSubdirectory("accessgov-journal-").FullName;
    private readonly List<JournalDatabase> databases = [];
    private readonly List<DecisionJournal> running = [];

    public JournalHarness(string connectionString, Action<DecisionJournalOptions>? configure = null)
    {
        Options = new DecisionJournalOptions
        {
            ConnectionString = connectionString,
            Replica = "pdp-1",
            SpoolDirectory = directory,
            Schema = "pdp",
            ConnectBound = Patience,
            CommitBound = Patience,
        };
        configure?.Invoke(Options);
        Database = OpenDatabase();
    }

    public DecisionJournalOptions Options { get; }

    public JournalDatabase Database { get; private set; }

    public DecisionJournal Journal { get; private set; } = null!;

    public JournalState State => Journal.State;

    public static DecisionRecord Record(
        string subject = "ada", string? patient = "patient-1", string study = "1.2.3", bool permitted = true, string action = "study.view",
        DateTimeOffset? at = null, Guid? id = null, string request = """{"subject":{"id":"ada"}}""") => new(
        id ?? Guid.CreateVersion7(), at ?? DateTimeOffset.UtcNow, "orthanc-north", "User", subject, action, "Study", study,
        Encoding.UTF8.GetBytes(request), "{\"workingHours\":true}"u8.ToArray(), patient, study, "10.1.2.3", permitted,
        permitted ? "permitted" : "not_permitted", ["radiologist-read"], [], [], "hash", 7, TimeSpan.FromMicroseconds(90), "request-1", null);

    /// <summary>A new incarnation of the process, as it is after a start.</summary>
    public async Task<DecisionJournal> StartAsync(Action<JournalState>? prepare = null, TimeProvider? time = null, AlongsideBatch? alongside = null)
    {
        Database = OpenDatabase();
        var state = new JournalState();
        prepare?.Invoke(state);
        Journal = new DecisionJournal(
            Options, Database, state, HashedIds.From(Options.IdHashKeyFile), time ?? TimeProvider.System, NullLogger<DecisionJournal>.Instance,
            Guid.CreateVersion7(), alongside);
        running.Add(Journal);
        await Journal.StartAsync(CancellationToken.None);
        return Journal;
    }

    /// <summary>The process is gone: nothing is flushed, closed or told. Its threads hang where the test's probe holds them.</summary>
    public void Crash()
    {
        running.Remove(Journal);
        Journal.Spool.Dispose();
    }

    public async Task StopAsync()
    {
        running.Remove(Journal);
        await Journal.DisposeAsync();
    }

    public Task SpoolIsMergedAsync() =>
        Eventually.HoldsAsync(() => Journal.Spool.IsEmpty, $"the spool is merged ({State.MergeFailure})", 2 * Eventually.Bound);

    public DecisionIndexer Indexer(JournalState? state = null) =>
        new(Database, state ?? State, Options, TimeProvider.System, NullLogger<DecisionIndexer>.Instance);

    public async Task<IReadOnlyList<ChainVerdict>> VerifyAsync()
    {
        using AnchorKey key = AnchorKey.From(Options);
        return await new JournalVerification(Database, key).VerifyAsync(null, CancellationToken.None);
    }

    /// <summary>The ids of all decisions in the database, in the order of their chains.</summary>
    public async Task<List<Guid>> StoredAsync()
    {
        var ids = new List<Guid>();
        await using NpgsqlCommand command = Database.Source.CreateCommand(
            "select b.writer, sequence, payload from decision_batch b left join decision_writer w on w.writer = b.writer order by w.ordinal, sequence");
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
            ids.AddRange(BatchContents.Read(reader.GetString(0), reader.GetInt64(1), reader.GetFieldValue<byte[]>(2)).Decisions.Select(decision => decision.EvaluationId));
        }

        return ids;
    }

    /// <summary>All markers of the chains, each as its JSON text.</summary>
    public async Task<List<string>> MarkersAsync()
    {
        await using NpgsqlCommand command = Database.Source.CreateCommand(
            "select payload from decision_batch b join decision_writer w on w.writer = b.writer order by w.ordinal, b.sequence");
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync();
        var markers = new List<string>();
        while (await reader.ReadAsync())
        {
            using var batch = JsonDocument.Parse(BatchPayload.Unpack(reader.GetFieldValue<byte[]>(0)));
            markers.AddRange(batch.RootElement.EnumerateArray().Where(element => element.TryGetProperty("marker", out _)).Select(element => element.GetRawText()));
        }

        return markers;
    }

    public async Task<T> ScalarAsync<T>(string sql)
    {
        await using NpgsqlCommand command = Database.Source.CreateCommand(sql);
        return (T)Convert.ChangeType((await command.ExecuteScalarAsync())!, typeof(T), CultureInfo.InvariantCulture);
    }

    public async Task ExecuteAsync(string sql)
    {
        await using NpgsqlCommand command = Database.Source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (DecisionJournal journal in running)
        {
            await journal.DisposeAsync();
        }

        foreach (JournalDatabase database in databases)
        {
            await database.DisposeAsync();
        }

        Directory.Delete(directory, recursive: true);
    }

    private JournalDatabase OpenDatabase()
    {
        var database = new JournalDatabase(Options);
        databases.Add(database);
        return database;
    }
}
