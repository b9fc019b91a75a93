using System.Data;
using Npgsql;
using NpgsqlTypes;

namespace AccessGov.Messaging.Postgres;

/// <summary>Queues in tables: a publish is an insert into each subscriber's queue, taking is <c>for update skip locked</c>. Thread-safe.</summary>
internal sealed class PostgresTransport(
    BusDatabase bus, QueueStatements sql, CommitSignal signal, TimeProvider clock, MessagingOptions options, HandlerTable handlers) : ITransport, IDisposable
{
    private const string HasSubscriber = "select exists (select from bus.subscription where message = $1)";
    private static readonly TimeSpan PruneEvery = TimeSpan.FromMinutes(10);

    /// <summary>The safety net behind the safety net, for when the listener has no connection.</summary>
    private readonly TimeSpan pollAlone = 4 * options.PollEvery;
    private readonly string[] overtaking = [.. handlers.Overtaking];
    private readonly SemaphoreSlim wake = new(0);
    private long promotedAt;
    private long prunedAt;

    public async Task SendAsync(Letter letter, NpgsqlTransaction transaction, CancellationToken cancellation)
    {
        MessageEnvelope envelope = letter.Envelope;
        bool scheduled = letter.NotBefore > clock.GetUtcNow();
        await using var batch = new NpgsqlBatch(transaction.Connection, transaction);
        batch.BatchCommands.Add(Sql.Command(
            sql.Publish, envelope.Type, envelope.Id, envelope.Source, envelope.Subject, envelope.Time.ToUniversalTime(),
            Sql.Typed(envelope.TraceParent, NpgsqlDbType.Text), envelope.DataContentType, Sql.Typed(letter.Data, NpgsqlDbType.Jsonb),
            scheduled ? "scheduled" : "pending", Sql.Typed(letter.NotBefore?.ToUniversalTime(), NpgsqlDbType.TimestampTz)));
        batch.BatchCommands.Add(Sql.Command("select queue, pg_current_xact_id() from bus.subscription where message = $1", envelope.Type));

        await using NpgsqlDataReader reader = await batch.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation))
        {
            if (!scheduled)
            {
                signal.Sent(reader.GetFieldValue<ulong>(1), reader.GetString(0));
            }
        }
    }

    public async Task<bool> HasSubscriberAsync(string name, NpgsqlTransaction? transaction, CancellationToken cancellation)
    {
        await using NpgsqlCommand command = transaction is null
            ? bus.DataSource.CreateCommand(HasSubscriber)
            : new NpgsqlCommand(HasSubscriber, transaction.Connection, transaction);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = name });
        return await command.ExecuteScalarAsync(cancellation) is true;
    }

    public async Task SubscribeAsync(IReadOnlyCollection<string> names, IReadOnlyCollection<string> noLonger, CancellationToken cancellation)
    {
        await using NpgsqlConnection connection = await bus.DataSource.OpenConnectionAsync(cancellation);
        await Sql.ExecuteAsync(
            connection, cancellation,
            Sql.Command("delete from bus.subscription where queue = $1 and message = any ($2)", options.Queue, noLonger.ToArray()),
            Sql.Command("insert into bus.subscription (queue, message) select $1, unnest($2) on conflict do nothing", options.Queue, names.ToArray()));
    }

    public async Task<Delivery?> TakeAsync(CancellationToken cancellation)
    {
        Delivery? taken = null;
        NpgsqlConnection connection = await bus.DataSource.OpenConnectionAsync(cancellation);
        try
        {
            await TidyAsync(connection, cancellation);
            taken = await TakeAsync(connection, cancellation);
            return taken;
        }
        finally
        {
            if (taken is null)
            {
                await connection.DisposeAsync();
            }
        }
    }

    public Task WaitAsync(CancellationToken cancellation) => wake.WaitAsync(pollAlone, cancellation);

    public async Task ListenAsync(Action hears, CancellationToken cancellation)
    {
        await using NpgsqlConnection connection = await bus.DataSource.OpenConnectionAsync(cancellation);
        await Sql.ExecuteAsync(connection, cancellation, new NpgsqlBatchCommand($"listen \"{CommitSignal.ChannelOf(options.Queue)}\""));
        hears();
        Wake(options.Concurrency);
        while (true)
        {
            bool notified = await connection.WaitAsync(options.PollEvery, cancellation);
            Wake(notified ? options.Concurrency : 1);
        }
    }

    public void Dispose() => wake.Dispose();

    private void Wake(int consumers)
    {
        int missing = consumers - wake.CurrentCount;
        if (missing > 0)
        {
            wake.Release(missing);
        }
    }

    private async Task<Delivery?> TakeAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        var beingHandled = new List<string>();
        while (true)
        {
            NpgsqlTransaction transaction = await connection.BeginTransactionAsync(IsolationLevel.ReadCommitted, cancellation);
            (PostgresDelivery? head, bool mine) = await ReadHeadAsync(sql.TakeNear, transaction, beingHandled, cancellation);
            if (head is null)
            {
                (head, mine) = await ReadHeadAsync(sql.TakeFar, transaction, beingHandled, cancellation);
            }

            if (head is not null && mine)
            {
                return head;
            }

            await transaction.DisposeAsync();
            if (head is null)
            {
                return null;
            }

            beingHandled.Add(head.Letter.Envelope.Subject);
        }
    }

    private async Task<(PostgresDelivery? Head, bool Mine)> ReadHeadAsync(
        string take, NpgsqlTransaction transaction, List<string> beingHandled, CancellationToken cancellation)
    {
        await using var batch = new NpgsqlBatch(transaction.Connection, transaction);
        batch.BatchCommands.Add(Sql.Command(take, options.Queue, clock.GetUtcNow().ToUniversalTime(), overtaking, beingHandled.ToArray()));
        await using NpgsqlDataReader reader = await batch.ExecuteReaderAsync(cancellation);
        if (!await reader.ReadAsync(cancellation))
        {
            return (null, false);
        }

        int failures = reader.GetInt32(9);
        var envelope = new MessageEnvelope(
            reader.GetGuid(1), reader.GetString(2), reader.GetString(3), reader.GetString(4), reader.GetFieldValue<DateTimeOffset>(5),
            reader.IsDBNull(6) ? null : reader.GetString(6), reader.GetString(7), failures + 1);
        var letter = new Letter(envelope, reader.GetString(8), NotBefore: null);
        return (new PostgresDelivery(bus, sql, options.Queue, reader.GetInt64(0), letter, transaction), reader.GetBoolean(10));
    }

    private async Task TidyAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        if (IsTime(ref promotedAt, options.PollEvery))
        {
            int promoted = await Sql.ExecuteAsync(connection, cancellation, Sql.Command(sql.Promote, options.Queue, clock.GetUtcNow().ToUniversalTime()));
            Wake(Math.Min(promoted, options.Concurrency));
        }

        if (IsTime(ref prunedAt, PruneEvery))
        {
            DateTimeOffset oldest = clock.GetUtcNow().ToUniversalTime() - options.InboxRetention;
            await Sql.ExecuteAsync(connection, cancellation, Sql.Command(sql.PruneInbox, options.Queue, oldest));
        }
    }

    private bool IsTime(ref long last, TimeSpan every)
    {
        long before = Volatile.Read(ref last);
        return (before == 0 || clock.GetElapsedTime(before) >= every)
            && Interlocked.CompareExchange(ref last, clock.GetTimestamp(), before) == before;
    }
}
