using System.Diagnostics;

namespace AccessGov.PolicyDecision.Journal;

/// <summary>
/// The one writer of this process's chain: takes what waits, seals it as the chain's next batch and lands it, in the database or, while
/// that is away or the spool is not empty yet, in the spool. A sealed batch is never made again: it lands, whatever its callers were told.
/// </summary>
internal sealed class JournalWriter(
    string writer, RecordQueue queue, JournalDatabase database, JournalSpool spool, DatabaseCommit commit, JournalState state,
    DecisionJournalOptions options, TimeProvider time, ILogger log)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Retry = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan ClosingPatience = TimeSpan.FromSeconds(5);

    private readonly List<(DateTimeOffset At, byte[] Json)> notes = [];
    private byte[] previous = HashChain.Genesis(writer);
    private long sequence;
    private Predecessor? predecessor;

    /// <summary>The chain's name: replica and incarnation.</summary>
    public string Name => writer;

    public string Replica => options.Replica;

    /// <summary>The incarnation before this one, once it is known; the chain notes it with its next batch.</summary>
    public void Note(Predecessor before) => Volatile.Write(ref predecessor, before);

    /// <summary>Until the queue is closed and empty; then the chain is closed.</summary>
    public void Run()
    {
        try
        {
            WriteBatches();
        }
        catch (Exception e)
        {
            // A bug. Without a writer nothing is remembered, so nothing may be permitted.
            log.LogCritical(e, "The journal's writer has ended.");
            queue.Refusing = "The journal's writer has ended.";
            queue.Close();
            queue.WithdrawAll("The journal's writer has ended.");
        }
    }

    private void WriteBatches()
    {
        while (true)
        {
            OpenBatch? batch = queue.Take(Patience);
            bool closing = batch is null && queue.IsEnded;
            if (closing && sequence == 0)
            {
                return;
            }

            batch ??= new OpenBatch(time.GetTimestamp());
            AddMarkers(batch, closing);
            if (batch.Count > 0)
            {
                Land(batch, closing);
            }

            if (closing)
            {
                return;
            }
        }
    }

    private void Land(OpenBatch batch, bool closing)
    {
        long start = Stopwatch.GetTimestamp();
        SealedBatch next = Seal(batch, closing);
        bool reusable = true;
        while (true)
        {
            try
            {
                reusable &= Place(next);
                break;
            }
            catch (IOException e)
            {
                reusable = false;
                Withdraw(batch, next, e.Message);
                if (queue.IsClosed && Stopwatch.GetElapsedTime(start) > ClosingPatience)
                {
                    log.LogCritical("{Count} records are lost: the process ends and neither the database nor the spool takes them.", next.Count);
                    return;
                }

                Thread.Sleep(Retry);
            }
        }

        queue.Refusing = null;
        batch.Landed();
        state.Landed(time.GetUtcNow());
        JournalMetrics.Landing.Record(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        JournalMetrics.BatchRecords.Record(next.Count);
        JournalMetrics.Records.Add(next.Count);
        if (reusable)
        {
            batch.Recycle();
        }
    }

    /// <summary>Puts the batch where it belongs; answers whether nothing reads its bytes any more.</summary>
    private bool Place(SealedBatch batch)
    {
        bool untouched = true;
        if (database.Ready && spool.IsEmpty)
        {
            if (commit.TryCommit(batch, out Inserted outcome))
            {
                if (outcome == Inserted.Diverged)
                {
                    spool.SetAside(batch);
                    state.Diverged();
                    log.LogError("Another batch stands at {Sequence} of {Writer}; this one is kept beside the spool.", batch.Sequence, batch.Writer);
                }

                state.Probe?.Invoke(JournalStep.Committed);
                return true;
            }

            untouched = false;
        }

        spool.Append(batch);
        state.Probe?.Invoke(JournalStep.Spooled);
        return untouched;
    }

    private SealedBatch Seal(OpenBatch batch, bool closing)
    {
        ReadOnlyMemory<byte> payload = BatchPayload.Pack(batch.Close());
        byte[] hash = HashChain.Next(previous, payload.Span);
        var next = new SealedBatch(writer, ++sequence, batch.FirstAt, batch.LastAt, batch.Count, closing, payload, previous, hash);
        previous = hash;
        return next;
    }

    /// <summary>From now on nobody is accepted who would wait; those who wait are told, and the chain will say so.</summary>
    private void Withdraw(OpenBatch batch, SealedBatch placed, string why)
    {
        if (queue.Refusing is null)
        {
            log.LogError("Decisions cannot be remembered: {Reason}", why);
        }

        queue.Refusing = why;
        if (batch.Withdraw(why))
        {
            DateTimeOffset now = RecordJson.Truncated(time.GetUtcNow());
            notes.Add((now, JournalMarkers.Withdrawn(now, placed.Sequence)));
        }

        queue.WithdrawAll(why);
    }

    private void AddMarkers(OpenBatch batch, bool closing)
    {
        DateTimeOffset now = RecordJson.Truncated(time.GetUtcNow());
        (Gap lost, Gap refused) = queue.TakeGaps();
        if (lost.Count > 0)
        {
            notes.Add((now, JournalMarkers.Gap(now, "lost", lost)));
        }

        if (refused.Count > 0)
        {
            notes.Add((now, JournalMarkers.Gap(now, "refused", refused)));
        }

        if (batch.Withdrawn)
        {
            notes.Add((now, JournalMarkers.Withdrawn(now, sequence + 1)));
        }

        if (sequence == 0 && batch.Count + notes.Count > 0)
        {
            Add((now, JournalMarkers.Opened(now, writer, options.Mode)));
        }

        // Which chain was before is noted with the first thing there is to remember: a process that remembers nothing leaves no chain.
        if ((sequence > 0 || batch.Count > 0) && Interlocked.Exchange(ref predecessor, null) is { } before)
        {
            notes.Add((now, JournalMarkers.Predecessor(now, before)));
        }

        notes.ForEach(Add);
        notes.Clear();
        if (closing)
        {
            Add((now, JournalMarkers.Closed(now)));
        }

        void Add((DateTimeOffset At, byte[] Json) marker) => batch.Add(marker.Json, 1, marker.At, marker.At);
    }
}
