using AccessGov.EventSourcing;
using Npgsql;

namespace AccessGov.PolicyDecision.Journal;

/// <summary>Moves the spool to the database, in order, once, and tries again until the database is back.</summary>
internal sealed class SpoolMerger(
    JournalDatabase database, JournalSpool spool, JournalState state, JournalWriter writer, AlongsideBatch? alongside,
    TimeProvider time, FailureLog failures, ILogger log)
{
    private const int ChunkBytes = 4 << 20;
    private static readonly TimeSpan Idle = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan RetryMin = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan RetryMax = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan InsertTimeout = TimeSpan.FromSeconds(30);

    private bool lookedBack;

    public async Task RunAsync(CancellationToken cancellation)
    {
        TimeSpan retry = RetryMin;
        while (!cancellation.IsCancellationRequested)
        {
            TimeSpan wait = Idle;
            try
            {
                if (!database.Ready || !spool.IsEmpty)
                {
                    await database.EnsureAsync(cancellation);
                    await DrainAsync(cancellation);
                }

                await LookBackAsync(cancellation);
                state.MergeFailure = null;
                retry = RetryMin;
            }
            catch (Exception) when (cancellation.IsCancellationRequested)
            {
                // The host stops; what is in the spool is merged by the next start.
                return;
            }
            catch (Exception e)
            {
                state.MergeFailure = e.Message;
                failures.Failed("The journal's database cannot be used", e.Message);
                wait = retry;
                retry = retry * 2 < RetryMax ? retry * 2 : RetryMax;
            }

            await Task.Delay(wait, time, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Moves all that is there.</summary>
    public async Task DrainAsync(CancellationToken cancellation)
    {
        while (!spool.IsEmpty)
        {
            (IReadOnlyList<SealedBatch> batches, long bytes) = spool.Peek(ChunkBytes);
            IReadOnlyList<SealedBatch> diverged = await MergeAsync(batches, cancellation);
            SetAside(diverged);
            state.Probe?.Invoke(JournalStep.Merged);
            spool.Advance(bytes, batches.Sum(batch => (long)batch.Count));
            JournalMetrics.Merged.Add(batches.Count);
            state.Landed(time.GetUtcNow());
        }
    }

    /// <summary>Once, after the spool that an earlier process left is merged: tells the writer which chain its own one follows.</summary>
    private async Task LookBackAsync(CancellationToken cancellation)
    {
        if (lookedBack)
        {
            return;
        }

        await using NpgsqlCommand select = database.Source.CreateCommand(
            """
            select w.writer, b.sequence, b.hash, w.closed_sequence is not distinct from b.sequence from decision_writer w
            cross join lateral (select sequence, hash from decision_batch b where b.writer = w.writer order by sequence desc limit 1) b
            where w.replica = $1 and w.writer <> $2 order by w.ordinal desc limit 1
            """);
        select.Parameters.Add(new NpgsqlParameter<string> { TypedValue = writer.Replica });
        select.Parameters.Add(new NpgsqlParameter<string> { TypedValue = writer.Name });
        await using NpgsqlDataReader reader = await select.ExecuteReaderAsync(cancellation);
        if (await reader.ReadAsync(cancellation))
        {
            var before = new Predecessor(reader.GetString(0), reader.GetInt64(1), reader.GetFieldValue<byte[]>(2), reader.GetBoolean(3));
            writer.Note(before);
            if (!before.Closed)
            {
                log.LogWarning("The journal's last writer {Writer} ended without closing its chain at {Sequence}.", before.Writer, before.Sequence);
            }
        }

        lookedBack = true;
    }

    private async Task<IReadOnlyList<SealedBatch>> MergeAsync(IReadOnlyList<SealedBatch> batches, CancellationToken cancellation)
    {
        var diverged = new List<SealedBatch>();
        await using NpgsqlConnection connection = await database.Source.OpenConnectionAsync(cancellation);
        await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(cancellation);
        using var insert = new BatchInsert(connection, InsertTimeout);
        foreach (SealedBatch batch in batches)
        {
            Inserted outcome = insert.Run(batch, transaction);
            if (outcome == Inserted.Yes && alongside is not null)
            {
                await alongside(transaction, batch, cancellation);
            }
            else if (outcome == Inserted.Diverged)
            {
                diverged.Add(batch);
            }
        }

        await transaction.CommitAsync(cancellation);
        return diverged;
    }

    private void SetAside(IReadOnlyList<SealedBatch> diverged)
    {
        foreach (SealedBatch batch in diverged)
        {
            // Somebody changed the database, or two processes wrote as one: nothing is overwritten, and what we hold is kept.
            spool.SetAside(batch);
            state.Diverged();
            log.LogError("The batch {Sequence} of {Writer} differs from the one in the database; it is kept beside the spool.", batch.Sequence, batch.Writer);
        }
    }
}
