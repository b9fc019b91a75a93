using System.Diagnostics;
using AccessGov.Contracts.Audit.V1;
using AccessGov.EventSourcing;
using AccessGov.Messaging;
using AccessGov.TrailFeed;
using Npgsql;

namespace AccessGov.PolicyDecision.Journal;

/// <summary>
/// Tells the audit trail every batch of every chain, once and in the chain's order: the messages commit together with how far it was
/// told. Like the indexer it works behind the writers, while decisions are being made a share of its time only. While nobody subscribes
/// it does not move.
/// </summary>
internal sealed class JournalFeed(
    JournalDatabase database, JournalState state, DecisionJournalOptions options, IMessageBus bus, TimeProvider time,
        ILogger<JournalFeed> log)
    : BackgroundService
{
    // Short passes: whoever waits for a commit meanwhile waits for a core.
    private const int BatchesPerPass = 32;
    private const int DecisionsPerPass = 512;
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(2);

    private readonly FailureLog failures = new(time, log);
    private bool quiet;

    /// <summary>Tells what is there now, at most some batches of each writer.</summary>
    /// <returns>How many batches.</returns>
    public async Task<int> PassAsync(CancellationToken cancellation)
    {
        List<string> behind = await WritersBehindAsync(cancellation);
        // Asked where the bus is: a journal in another database fails only where somebody wants to be told.
        if (behind.Count == 0 || !await bus.HasSubscriberAsync<DecisionsRecorded>(cancellation: cancellation))
        {
            return 0;
        }

        int told = 0;
        foreach (string writer in behind)
        {
            told += await TellAsync(writer, cancellation);
        }

        return told;
    }

    public override void Dispose()
    {
        failures.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            TimeSpan wait = options.IndexerInterval;
            try
            {
                long start = Stopwatch.GetTimestamp();
                if (database.Ready && await PassAsync(stoppingToken) > 0)
                {
                    wait = quiet ? TimeSpan.Zero : Stopwatch.GetElapsedTime(start) * ((1 / options.IndexerShare) - 1);
                }

                state.FeedFailure = null;
                failures.Over();
            }
            catch (Exception) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                state.FeedFailure = e.Message;
                failures.Outage("Decisions cannot be told to the audit trail now", e.Message);
                wait = Retry;
            }

            await Task.Delay(wait, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task<List<string>> WritersBehindAsync(CancellationToken cancellation)
    {
        await using NpgsqlCommand command = database.Source.CreateCommand(
            """
            select w.writer, b.sequence - coalesce(t.sequence, 0), b.last_at from decision_writer w left join decision_told t using (writer)
            cross join lateral (select sequence, last_at from decision_batch b where b.writer = w.writer order by sequence desc limit 1) b
            where (w.closed_sequence is null or coalesce(t.sequence, 0) < w.closed_sequence) and b.sequence > coalesce(t.sequence, 0)
            order by w.ordinal
            """);
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancellation);
        var writers = new List<string>();
        long lag = 0;
        DateTimeOffset newest = DateTimeOffset.MinValue;
        while (await reader.ReadAsync(cancellation))
        {
            writers.Add(reader.GetString(0));
            lag += reader.GetInt64(1);
            newest = reader.GetFieldValue<DateTimeOffset>(2) is var last && last > newest ? last : newest;
        }

        state.FeedLag = lag;
        quiet = time.GetUtcNow() - newest > Quiet;
        return writers;
    }

    private async Task<int> TellAsync(string writer, CancellationToken cancellation)
    {
        await using NpgsqlConnection connection = await database.Source.OpenConnectionAsync(cancellation);
        await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(cancellation);
        if (!await bus.HasSubscriberAsync<DecisionsRecorded>(transaction, cancellation)
            || await TakeAsync(connection, writer, cancellation) is not { } told)
        {
            return 0;
        }

        List<DecisionsRecorded> messages = await ReadAsync(connection, writer, told, cancellation);
        foreach (DecisionsRecorded message in messages)
        {
            Guid id = MessageIds.Of(DecisionsRecorded.MessageName, message.Service, writer, $"{message.Sequence}", message.Hash);
            await bus.PublishAsync(message, new PublishOptions(DecisionsRecorded.SubjectOf(writer), id), transaction, cancellation);
        }

        if (messages.Count > 0)
        {
            await using NpgsqlCommand advance = Command(connection, "update decision_told set sequence = $2 where writer = $1", writer,
                messages[^1].Sequence);
            await advance.ExecuteNonQueryAsync(cancellation);
            state.Probe?.Invoke(JournalStep.Told);
            await transaction.CommitAsync(cancellation);
        }

        return messages.Count;
    }

    /// <summary>How far the chain has been told; null while another replica tells it.</summary>
    private static async Task<long?> TakeAsync(NpgsqlConnection connection, string writer, CancellationToken cancellation)
    {
        const string Select = "select sequence from decision_told where writer = $1 for update skip locked";
        await using NpgsqlCommand take = Command(connection, Select, writer);
        if (await take.ExecuteScalarAsync(cancellation) is long told)
        {
            return told;
        }

        await using NpgsqlCommand begin = Command(connection,
            "insert into decision_told (writer, sequence) values ($1, 0) on conflict do nothing", writer);
        return await begin.ExecuteNonQueryAsync(cancellation) == 1 ? 0 : null;
    }

    private static async Task<List<DecisionsRecorded>> ReadAsync(
        NpgsqlConnection connection, string writer, long told, CancellationToken cancellation)
    {
        // The last one told is read again: which of its decisions were withdrawn stands in the one behind it.
        await using NpgsqlCommand read = Command(
            connection,
            """
            select sequence, payload, prev_hash, hash from decision_batch where writer = $1 and sequence >= $2
            order by sequence limit $3
            """,
            writer, told);
        read.Parameters.Add(new NpgsqlParameter<int> { TypedValue = BatchesPerPass + 1 });
        await using NpgsqlDataReader reader = await read.ExecuteReaderAsync(cancellation);
        var messages = new List<DecisionsRecorded>();
        (int decisions, StoredBatch? before) = (0, null);
        while (decisions < DecisionsPerPass && await reader.ReadAsync(cancellation))
        {
            var batch = new StoredBatch(
                writer, reader.GetInt64(0), reader.GetFieldValue<byte[]>(1), reader.GetFieldValue<byte[]>(2),
                    reader.GetFieldValue<byte[]>(3));
            if (batch.Sequence > told)
            {
                DecisionsRecorded message = BatchMessage.Of(batch, before);
                decisions += message.Decisions.Count;
                messages.Add(message);
            }

            before = batch;
        }

        return messages;
    }

    private static NpgsqlCommand Command(NpgsqlConnection connection, string sql, string writer, long? sequence = null)
    {
        var command = new NpgsqlCommand(sql, connection);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = writer });
        if (sequence is { } value)
        {
            command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = value });
        }

        return command;
    }
}
