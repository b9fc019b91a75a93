using System.Globalization;
using AccessGov.EventSourcing;
using AccessGov.PolicyDecision.Evaluation;
using Npgsql;

namespace AccessGov.PolicyDecision.Journal;

/// <summary>The journal in PostgreSQL with its local spool: accepts records from any thread and runs the writer and the merger.</summary>
internal sealed class DecisionJournal : IDecisionJournal, IHostedService, IAsyncDisposable
{
    private const int RecordsPerPart = 100;

    private readonly DecisionJournalOptions options;
    private readonly JournalDatabase database;
    private readonly JournalSpool spool;
    private readonly RecordQueue queue;
    private readonly JournalWriter writer;
    private readonly SpoolMerger merger;
    private readonly DatabaseCommit commit;
    private readonly FailureLog failures;
    private readonly HashedIds ids;
    private readonly ILogger log;
    private readonly CancellationTokenSource stopping = new();
    private Thread? writing;
    private Task merging = Task.CompletedTask;
    private int disposed;

    /// <param name="incarnation">Identity of this process's life, never used before.</param>
    /// <exception cref="IOException">The spool directory cannot be used, or another process has it.</exception>
    public DecisionJournal(
        DecisionJournalOptions options, JournalDatabase database, JournalState state, HashedIds ids, TimeProvider time, ILogger<DecisionJournal> log,
        Guid incarnation, AlongsideBatch? alongside = null)
    {
        this.options = options;
        this.database = database;
        this.ids = ids;
        this.log = log;
        State = state;
        Writer = string.Create(CultureInfo.InvariantCulture, $"{options.Replica}/{incarnation:n}");
        spool = JournalSpool.Open(options.SpoolDirectory, options.SpoolBytesMax);
        queue = new RecordQueue(options, time);
        failures = new FailureLog(time, log);
        commit = new DatabaseCommit(database, alongside, options.CommitBound, failures);
        writer = new JournalWriter(Writer, queue, database, spool, commit, state, options, time, log);
        merger = new SpoolMerger(database, spool, state, writer, alongside, time, failures, log);
    }

    /// <summary>The name of this process's chain.</summary>
    public string Writer { get; }

    public JournalState State { get; }

    public RecordQueue Queue => queue;

    public JournalSpool Spool => spool;

    public ValueTask RecordAsync(DecisionRecord record, CancellationToken cancellation)
    {
        bool mustLog = options.MustLog(record.Action);
        RecordJson json = RecordJson.OfThread;
        json.Clear();
        json.Write(record, ids, mustLog);
        DateTimeOffset at = RecordJson.Truncated(record.At);
        Task landed = queue.Add(json.Written, 1, at, at, mustLog);
        return landed.IsCompletedSuccessfully ? ValueTask.CompletedTask : new ValueTask(landed);
    }

    public async ValueTask RecordAsync(IReadOnlyList<DecisionRecord> records, CancellationToken cancellation)
    {
        if (records.Count == 0)
        {
            return;
        }

        // They are answered together: where one waits all wait, and each record says so.
        bool mustLog = records.Any(record => options.MustLog(record.Action));
        DateTimeOffset first = DateTimeOffset.MaxValue;
        DateTimeOffset last = DateTimeOffset.MinValue;
        foreach (DecisionRecord record in records)
        {
            DateTimeOffset at = RecordJson.Truncated(record.At);
            first = at < first ? at : first;
            last = at > last ? at : last;
        }

        var written = new byte[(records.Count + RecordsPerPart - 1) / RecordsPerPart][];
        await SharedWork.RunAsync(written.Length, itemsPerStep: 1, WriteAsync, cancellation);
        await Add();

        ValueTask WriteAsync(int part)
        {
            RecordJson json = RecordJson.OfThread;
            json.Clear();
            foreach (DecisionRecord record in records.Skip(part * RecordsPerPart).Take(RecordsPerPart))
            {
                json.Write(record, ids, mustLog);
            }

            written[part] = json.Written.ToArray();
            return ValueTask.CompletedTask;
        }

        Task Add()
        {
            RecordJson json = RecordJson.OfThread;
            json.Clear();
            foreach (byte[] part in written)
            {
                json.Append(part);
            }

            return queue.Add(json.Written, records.Count, first, last, mustLog);
        }
    }

    /// <summary>Starts without the database too: then it spools until the database is there.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (spool.TornBytes > 0)
        {
            log.LogWarning("The spool ended in {Bytes} bytes of a torn frame, which was never acknowledged; they were cut.", spool.TornBytes);
        }

        if (spool.DamagedBytes > 0)
        {
            log.LogError("The spool is damaged: {Bytes} bytes of acknowledged decisions cannot be read and lie in journal.spool.torn.", spool.DamagedBytes);
        }

        try
        {
            await database.EnsureAsync(cancellationToken);
        }
        catch (NpgsqlException e)
        {
            log.LogWarning("The journal starts without its database: {Reason}", e.Message);
        }

        merging = Task.Run(() => merger.RunAsync(stopping.Token), CancellationToken.None);
        writing = new Thread(writer.Run) { IsBackground = true, Name = "decision-journal-writer" };
        writing.Start();
    }

    /// <summary>Takes nothing more, lands what waits, and closes the chain.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        // A host may be stopped twice, and after it was disposed.
        if (Volatile.Read(ref disposed) == 1)
        {
            return;
        }

        await EndAsync();
    }

    private async Task EndAsync()
    {
        queue.Close();
        if (writing is { } thread)
        {
            await Task.Run(thread.Join, CancellationToken.None);
        }

        await stopping.CancelAsync();
        await merging;
    }

    public async ValueTask DisposeAsync()
    {
        // The container disposes what it made once for each of its registrations.
        if (Interlocked.Exchange(ref disposed, 1) == 1)
        {
            return;
        }

        await EndAsync();
        commit.Dispose();
        failures.Dispose();
        spool.Dispose();
        queue.Dispose();
        stopping.Dispose();
    }
}
