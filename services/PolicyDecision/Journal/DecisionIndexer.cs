using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using AccessGov.EventSourcing;
using AccessGov.PolicyDecision.GeographyAlerts;
using AccessGov.PolicyDecision.Obligations;
using Npgsql;
using NpgsqlTypes;

namespace AccessGov.PolicyDecision.Journal;

/// <summary>
/// Makes decisions findable, behind the writers and never in their way: copies each batch's decisions into the table that is searched,
/// in one transaction with its progress, so each once. While decisions are being made it works a share of its time only, when none are it
/// catches up; what it has not reached is scanned by the query.
/// </summary>
internal sealed class DecisionIndexer(
    JournalDatabase database, JournalState state, DecisionJournalOptions options, TimeProvider time, ILogger<DecisionIndexer> log,
    GeographyWatch? geography = null) : BackgroundService
{
    // Short passes: whoever waits for a commit meanwhile waits for a core.
    private const int BatchesPerPass = 64;
    private const int DecisionsPerPass = 512;
    private const int PartitionYearMin = 2020;
    private const int PartitionYearMax = 2199;
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(1);

    private readonly HashSet<(int Year, int Month)> partitions = [];
    private readonly FailureLog failures = new(time, log);
    private bool quiet;

    /// <summary>Indexes what is there now, at most some batches of each writer; answers how many batches.</summary>
    public async Task<int> PassAsync(CancellationToken cancellation)
    {
        int indexed = 0;
        foreach (string writer in await WritersBehindAsync(cancellation))
        {
            indexed += await IndexAsync(writer, cancellation);
        }

        return indexed;
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
                if (database.Ready && geography is not { Ready: false } && await PassAsync(stoppingToken) > 0)
                {
                    // The database works as long as we wait for it: resting in proportion bounds both.
                    wait = quiet ? TimeSpan.Zero : Stopwatch.GetElapsedTime(start) * ((1 / options.IndexerShare) - 1);
                }

                state.IndexFailure = null;
            }
            catch (Exception) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                state.IndexFailure = e.Message;
                failures.Failed("Decisions cannot be indexed now", e.Message);
                wait = TimeSpan.FromSeconds(2);
            }

            await Task.Delay(wait, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task<List<string>> WritersBehindAsync(CancellationToken cancellation)
    {
        await using NpgsqlCommand command = database.Source.CreateCommand(
            """
            select w.writer, b.sequence - w.indexed, b.last_at from decision_writer w
            cross join lateral (select sequence, last_at from decision_batch b where b.writer = w.writer order by sequence desc limit 1) b
            where (w.closed_sequence is null or w.indexed < w.closed_sequence) and b.sequence > w.indexed order by w.ordinal
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

        state.IndexLag = lag;
        // Judged before the pass: one that takes long on a busy machine must not take the time since for silence.
        quiet = time.GetUtcNow() - newest > Quiet;
        return writers;
    }

    private async Task<int> IndexAsync(string writer, CancellationToken cancellation)
    {
        await using NpgsqlConnection connection = await database.Source.OpenConnectionAsync(cancellation);
        await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(cancellation);

        // Another replica that indexes this writer is left alone.
        await using var progress = new NpgsqlCommand(
            "select indexed from decision_writer where writer = $1 for update skip locked", connection, transaction);
        progress.Parameters.Add(new NpgsqlParameter<string> { TypedValue = writer });
        if (await progress.ExecuteScalarAsync(cancellation) is not long indexed)
        {
            return 0;
        }

        (List<IndexedDecision> decisions, List<long> withdrawn, long last, int batches) =
            await ReadAsync(connection, writer, indexed, cancellation);
        if (batches == 0)
        {
            return 0;
        }

        await CreatePartitionsAsync(decisions, cancellation);
        await CopyAsync(connection, decisions, cancellation);
        await RecordedObligations.AddAsync(connection, decisions, cancellation);
        if (geography is not null)
        {
            await geography.AddAsync(connection, decisions, cancellation);
        }

        await WithdrawnBatches.CorrectAsync(connection, writer, withdrawn, cancellation);
        await using var advance = new NpgsqlCommand("update decision_writer set indexed = $2 where writer = $1", connection, transaction);
        advance.Parameters.Add(new NpgsqlParameter<string> { TypedValue = writer });
        advance.Parameters.Add(new NpgsqlParameter<long> { TypedValue = last });
        await advance.ExecuteNonQueryAsync(cancellation);
        state.Probe?.Invoke(JournalStep.Indexed);
        await transaction.CommitAsync(cancellation);
        JournalMetrics.Indexed.Add(decisions.Count);
        return batches;
    }

    private async Task<(List<IndexedDecision> Decisions, List<long> Withdrawn, long Last, int Batches)> ReadAsync(
        NpgsqlConnection connection, string writer, long after, CancellationToken cancellation)
    {
        await using var read = new NpgsqlCommand(
            "select sequence, payload from decision_batch where writer = $1 and sequence > $2 order by sequence limit $3", connection);
        read.Parameters.Add(new NpgsqlParameter<string> { TypedValue = writer });
        read.Parameters.Add(new NpgsqlParameter<long> { TypedValue = after });
        read.Parameters.Add(new NpgsqlParameter<int> { TypedValue = BatchesPerPass });
        await using NpgsqlDataReader reader = await read.ExecuteReaderAsync(cancellation);
        var decisions = new List<IndexedDecision>();
        List<long> withdrawn = [];
        int batches = 0;
        while (decisions.Count < DecisionsPerPass && await reader.ReadAsync(cancellation))
        {
            after = reader.GetInt64(0);
            batches++;
            try
            {
                var batch = BatchContents.Read(writer, after, reader.GetFieldValue<byte[]>(1));
                decisions.AddRange(batch.Decisions);
                withdrawn.AddRange(batch.Withdrawn);
            }
            catch (JsonException e)
            {
                // Changed by somebody; the verification says where. The decisions after it are indexed all the same.
                log.LogError(e, "The batch {Sequence} of {Writer} cannot be read and is not indexed.", after, writer);
            }
        }

        return (decisions, withdrawn, after, batches);
    }

    /// <summary>A partition per month; times that no working clock tells go to the default partition.</summary>
    private async Task CreatePartitionsAsync(List<IndexedDecision> decisions, CancellationToken cancellation)
    {
        foreach ((int Year, int Month) month in decisions
            .Select(decision => (decision.At.UtcDateTime.Year, decision.At.UtcDateTime.Month)).Distinct())
        {
            if (month.Year is < PartitionYearMin or > PartitionYearMax || partitions.Contains(month))
            {
                continue;
            }

            var from = new DateTime(month.Year, month.Month, 1, 0, 0, 0, DateTimeKind.Utc);
            string sql = string.Create(CultureInfo.InvariantCulture, $"""
                create table if not exists decision_{from:yyyyMM} partition of decision
                for values from ('{from:yyyy-MM-dd} 00:00:00+00') to ('{from.AddMonths(1):yyyy-MM-dd} 00:00:00+00')
                """);
            await database.CreatePartitionAsync(sql, cancellation);
            partitions.Add(month);
        }
    }

    private static async Task CopyAsync(NpgsqlConnection connection, List<IndexedDecision> decisions, CancellationToken cancellation)
    {
        await using NpgsqlBinaryImporter copy = await connection.BeginBinaryImportAsync(
            """
            copy decision (
                at, evaluation_id, client, subject, action, resource, patient, study, permitted, reason, writer, sequence, ordinal)
            from stdin (format binary)
            """,
            cancellation);
        foreach (IndexedDecision decision in decisions)
        {
            await copy.StartRowAsync(cancellation);
            await copy.WriteAsync(decision.At.UtcDateTime, NpgsqlDbType.TimestampTz, cancellation);
            await copy.WriteAsync(decision.EvaluationId, NpgsqlDbType.Uuid, cancellation);
            await copy.WriteAsync(decision.Client, NpgsqlDbType.Text, cancellation);
            await copy.WriteAsync(decision.Subject, NpgsqlDbType.Text, cancellation);
            await copy.WriteAsync(decision.Action, NpgsqlDbType.Text, cancellation);
            await copy.WriteAsync(decision.Resource, NpgsqlDbType.Text, cancellation);
            await WriteOptionalAsync(decision.Patient);
            await WriteOptionalAsync(decision.Study);
            await copy.WriteAsync(decision.Permitted, NpgsqlDbType.Boolean, cancellation);
            await copy.WriteAsync(decision.Reason, NpgsqlDbType.Text, cancellation);
            await copy.WriteAsync(decision.Writer, NpgsqlDbType.Text, cancellation);
            await copy.WriteAsync(decision.Sequence, NpgsqlDbType.Bigint, cancellation);
            await copy.WriteAsync(decision.Ordinal, NpgsqlDbType.Integer, cancellation);
        }

        await copy.CompleteAsync(cancellation);

        Task WriteOptionalAsync(string? text) =>
            text is null ? copy.WriteNullAsync(cancellation) : copy.WriteAsync(text, NpgsqlDbType.Text, cancellation);
    }
}
