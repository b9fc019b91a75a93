using System.Diagnostics;
using AccessGov.EventSourcing.Feed;
using AccessGov.EventSourcing.Writing;
using Microsoft.Extensions.Logging;
using Npgsql;
using NpgsqlTypes;

namespace AccessGov.EventSourcing;

/// <summary>
/// The event store on PostgreSQL, in Marten's table layout. Thread-safe. One instance per schema and process; start it before use and dispose it, which
/// writes what still waits.
/// </summary>
public sealed class PostgresEventStore : IEventStore, IAsyncDisposable
{
    private const int FollowBatchMax = 1_000;
    private readonly NpgsqlDataSource dataSource;
    private readonly EventStoreOptions options;
    private readonly TimeProvider time;
    private readonly EventReader reader;
    private readonly FailureLog failures;
    private readonly AppendLane[] lanes;
    private readonly AlongsideWriter alongside;
    private readonly Sequencer sequencer;
    private readonly FeedListener listener;
    private readonly CancellationTokenSource stopping = new();
    private readonly TaskCompletionSource started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private List<Task> running = [];
    private int waiting;
    private int disposed;

    /// <summary>Makes a store; nothing touches the database before <see cref="StartAsync"/>.</summary>
    /// <param name="dataSource">Connections of the role that owns the schema; not disposed by the store. The store keeps <c>Writers + 2</c> of them.</param>
    /// <param name="options">How it works.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Where it reports.</param>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public PostgresEventStore(NpgsqlDataSource dataSource, EventStoreOptions options, TimeProvider time, ILogger<PostgresEventStore> logger)
    {
        options.Validate();
        (this.dataSource, this.options, this.time) = (dataSource, options, time);
        reader = new EventReader(dataSource, options, State, time);
        failures = new FailureLog(time, logger);
        lanes = [.. Enumerable.Range(0, options.Writers).Select(_ => new AppendLane(dataSource, options, State, time, failures, logger))];
        alongside = new AlongsideWriter(dataSource, options, State, time);
        sequencer = new Sequencer(dataSource, options, State, time, failures, logger);
        listener = new FeedListener(dataSource, options.Schema, State, time, failures);
    }

    /// <inheritdoc/>
    public Task Started => started.Task;

    /// <summary>Appends that wait or are under way.</summary>
    public int WaitingAppends => Volatile.Read(ref waiting);

    internal FeedState State { get; } = new();

    internal EventReader Reader => reader;

    internal EventStoreOptions Options => options;

    internal NpgsqlDataSource DataSource => dataSource;

    /// <summary>Checks the server, creates what is missing, and starts writing and numbering. When it fails, nothing has started and it may be called again.</summary>
    /// <exception cref="InvalidOperationException">The server may lose acknowledged events (fsync, full_page_writes or synchronous_commit is off).</exception>
    public async Task StartAsync(CancellationToken cancellation = default)
    {
        await using (NpgsqlConnection connection = await dataSource.OpenConnectionAsync(cancellation))
        {
            await WriterSession.PrepareAsync(connection, cancellation);
            if (options.CreateSchema)
            {
                await EventStoreSchema.CreateAsync(connection, options.Schema, cancellation);
            }

            if (options.AlsoCreate is { } create)
            {
                await create(connection, cancellation);
            }
        }

        State.Advance(await HeadAsync(cancellation));
        running = [.. lanes.Select(lane => Task.Run(lane.RunAsync, CancellationToken.None))];
        running.Add(Task.Run(() => listener.RunAsync(stopping.Token), CancellationToken.None));
        if (options.Sequences)
        {
            running.Add(Task.Run(() => sequencer.RunAsync(stopping.Token), CancellationToken.None));
        }

        State.NotStarted = null;
        started.TrySetResult();
    }

    /// <inheritdoc/>
    public async Task<AppendReceipt> AppendAsync(StreamAppend append, CancellationToken cancellation = default)
    {
        using Activity? activity = EventStoreTelemetry.Activities.StartActivity("event_store.append");
        activity?.SetTag("event_store.stream", append.StreamId);
        var request = new AppendRequest(append, options.Types, time);
        if (!started.Task.IsCompleted)
        {
            // No lane runs yet: the append would wait for as long as the database is away.
            throw new StoreUnavailableException(append.StreamId, null);
        }

        if (Interlocked.Increment(ref waiting) > options.WaitingAppendsMax)
        {
            Interlocked.Decrement(ref waiting);
            EventStoreTelemetry.AppendsRefused.Add(1);
            throw new StoreOverloadedException(append.StreamId);
        }

        try
        {
            if (append.Alongside is not null)
            {
                return await alongside.AppendAsync(request, cancellation);
            }

            await using CancellationTokenRegistration registration = cancellation.UnsafeRegister(
                static (target, token) => ((AppendRequest)target!).Cancel(token), request);
            if (!lanes[(uint)string.GetHashCode(append.StreamId, StringComparison.Ordinal) % lanes.Length].TryEnqueue(request))
            {
                throw new StoreUnavailableException(append.StreamId, null);
            }

            return await request.Completion;
        }
        finally
        {
            Interlocked.Decrement(ref waiting);
        }
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<AppendResult>> AppendManyAsync(IReadOnlyList<StreamAppend> appends, CancellationToken cancellation = default)
    {
        if (appends.Any(append => append.Alongside is not null))
        {
            throw new ArgumentException("An append with SQL alongside goes alone, through AppendAsync.", nameof(appends));
        }

        var results = new AppendResult[appends.Count];
        // Half of what may wait at most, so that a long list leaves room for others and does not overload the store by itself.
        int slice = Math.Max(1, Math.Min(options.WaitingAppendsMax / 2, options.BatchAppendsMax * options.Writers * 2));
        for (int start = 0; start < appends.Count; start += slice)
        {
            int end = Math.Min(start + slice, appends.Count);
            var pending = new Task<AppendResult>[end - start];
            for (int i = start; i < end; i++)
            {
                pending[i - start] = AppendOneAsync(appends[i], cancellation);
            }

            (await Task.WhenAll(pending)).CopyTo(results, start);
        }

        return results;
    }

    /// <inheritdoc/>
    public Task<EventStream> LoadAsync(string streamId, CancellationToken cancellation = default) => reader.LoadAsync(streamId, cancellation);

    /// <inheritdoc/>
    public async Task<AppendReceipt?> FindReceiptAsync(string idempotencyKey, string? commandHash = null, CancellationToken cancellation = default)
    {
        await using NpgsqlCommand command = dataSource.CreateCommand(
            $"select stream_id, version, sequence, command from {options.Schema}.event_store_idempotency where key = $1");
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = idempotencyKey, NpgsqlDbType = NpgsqlDbType.Varchar });
        await using NpgsqlDataReader row = await command.ExecuteReaderAsync(cancellation);
        return !await row.ReadAsync(cancellation) ? null
            : IdempotencyKeyReusedException.Differ(row.IsDBNull(3) ? null : row.GetString(3), commandHash)
            ? throw new IdempotencyKeyReusedException(row.GetString(0), idempotencyKey)
            : new AppendReceipt(row.GetString(0), row.GetInt64(1), row.GetInt64(2), Repeated: true);
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<StoredEvent>> ReadAllAsync(long afterPosition, int limit, CancellationToken cancellation = default) =>
        reader.ReadAllAsync(afterPosition, limit, cancellation);

    /// <inheritdoc/>
    public Task<IReadOnlyList<StoredEvent>> ReadAtAsync(IReadOnlyCollection<long> positions, CancellationToken cancellation = default) =>
        reader.ReadAtAsync(positions, cancellation);

    /// <inheritdoc/>
    public IAsyncEnumerable<IReadOnlyList<StoredEvent>> FollowAsync(long afterPosition, CancellationToken cancellation = default) =>
        reader.FollowAsync(afterPosition, FollowBatchMax, cancellation);

    /// <inheritdoc/>
    public Task<long> HeadAsync(CancellationToken cancellation = default) => reader.HeadAsync(cancellation);

    /// <inheritdoc/>
    public Task<long> ReachedAsync(string subscription, CancellationToken cancellation = default) =>
        reader.ReachedAsync(subscription, cancellation);

    /// <inheritdoc/>
    public Task<long> PositionOfAsync(AppendReceipt receipt, CancellationToken cancellation = default) => PositionOfAsync([receipt], cancellation);

    /// <inheritdoc/>
    public async Task<long> PositionOfAsync(IReadOnlyList<AppendReceipt> receipts, CancellationToken cancellation = default)
    {
        long[] sequences = [.. receipts.Select(receipt => receipt.LastSequence).Distinct()];
        while (true)
        {
            Task numbered = State.Numbered.Next;
            if (await reader.PositionAsync(sequences, cancellation) is { } position)
            {
                return position;
            }

            await Signal.WaitAsync(numbered, options.PollInterval, time, cancellation);
            cancellation.ThrowIfCancellationRequested();
        }
    }

    /// <summary>Takes no further appends, writes those that wait, and stops numbering. May be called again.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref disposed, 1) != 0)
        {
            return;
        }

        foreach (AppendLane lane in lanes)
        {
            lane.Complete();
        }

        await stopping.CancelAsync();
        await Task.WhenAll(running);
        foreach (AppendLane lane in lanes)
        {
            await lane.DisposeAsync();
        }

        Array.ForEach<IDisposable>([alongside, stopping, failures], owned => owned.Dispose());
    }

    private async Task<AppendResult> AppendOneAsync(StreamAppend append, CancellationToken cancellation)
    {
        try
        {
            return new AppendResult(await AppendAsync(append, cancellation), null);
        }
        catch (Exception e) when (e is AppendFailedException or AppendOutcomeUnknownException or NpgsqlException)
        {
            return new AppendResult(null, e);
        }
    }
}
