using Npgsql;

namespace AccessGov.PolicyDecision.Journal;

/// <summary>Moves the spool to the database, in order, once, and tries again until the database is back.</summary>
internal sealed class SpoolMerger(
    JournalDatabase database, JournalSpool spool, JournalState state, AlongsideBatch? alongside, TimeProvider time, ILogger log)
{
    private const int ChunkBytes = 4 << 20;
    private static readonly TimeSpan Idle = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan RetryMin = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan RetryMax = TimeSpan.FromSeconds(3);

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

                state.MergeFailure = null;
                retry = RetryMin;
            }
            catch (Exception e) when (e is not OperationCanceledException || !cancellation.IsCancellationRequested)
            {
                state.MergeFailure = e.Message;
                log.LogWarning("The journal's database cannot be used: {Reason}. Next attempt in {Retry}.", e.Message, retry);
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

    private async Task<IReadOnlyList<SealedBatch>> MergeAsync(IReadOnlyList<SealedBatch> batches, CancellationToken cancellation)
    {
        var diverged = new List<SealedBatch>();
        await using NpgsqlConnection connection = await database.Source.OpenConnectionAsync(cancellation);
        await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(cancellation);
        using var insert = new BatchInsert(connection);
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
