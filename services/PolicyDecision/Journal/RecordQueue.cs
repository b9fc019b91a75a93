namespace AccessGov.PolicyDecision.Journal;

/// <summary>How many records of which time are missing from the chain.</summary>
internal readonly record struct Gap(long Count, DateTimeOffset From, DateTimeOffset Until)
{
    public Gap With(int count, DateTimeOffset from, DateTimeOffset until) => Count == 0
        ? new Gap(count, from, until)
        : new Gap(Count + count, from < From ? from : From, until > Until ? until : Until);
}

/// <summary>
/// Records that wait for the writer, bounded in bytes. Any thread adds, one thread takes. What is turned away is counted until the
/// writer has put the count into the chain: lost (nobody waited, the decision stands) or refused (the decision became a denial).
/// </summary>
internal sealed class RecordQueue(DecisionJournalOptions options, TimeProvider time) : IDisposable
{
    private readonly Lock gate = new();
    private readonly Queue<OpenBatch> batches = new();
    private readonly AutoResetEvent wake = new(initialState: false);
    private OpenBatch? open;
    private long bytes;
    private bool sleeping;
    private bool closed;
    private string? refusing;
    private Gap lost;
    private Gap refused;
    private long waiting;

    public long Waiting => Interlocked.Read(ref waiting);

    public long LostTotal { get; private set; }

    public long RefusedTotal { get; private set; }

    /// <summary>Why nothing is accepted from those who would wait; null when it is.</summary>
    public string? Refusing
    {
        get => Volatile.Read(ref refusing);
        set => Volatile.Write(ref refusing, value);
    }

    public bool IsClosed
    {
        get
        {
            lock (gate)
            {
                return closed;
            }
        }
    }

    /// <summary>It is closed, and nothing waits: what came in just before the close is still to be taken.</summary>
    public bool IsEnded
    {
        get
        {
            lock (gate)
            {
                return closed && batches.Count == 0;
            }
        }
    }

    /// <summary>Adds records, all or none. The task is the batch's landing where <paramref name="awaited"/>, else complete.</summary>
    /// <exception cref="JournalUnavailableException">Somebody would wait, and there is no room or no place to keep it.</exception>
    public Task Add(ReadOnlySpan<byte> json, int count, DateTimeOffset firstAt, DateTimeOffset lastAt, bool awaited)
    {
        bool rouse;
        Task landed = Task.CompletedTask;
        lock (gate)
        {
            string? why = closed ? "The journal is closed." : awaited && refusing is not null ? refusing
                : bytes + json.Length > options.QueueBytesMax ? "Too many decisions wait for the journal." : null;
            if (why is not null)
            {
                TurnAway(count, firstAt, lastAt, awaited);
                return awaited ? throw new JournalUnavailableException(why) : Task.CompletedTask;
            }

            bool rolled = open is not null && open.Count > 0
                && (open.Bytes + json.Length > options.BatchBytesMax || open.Count + count > options.BatchRecordsMax);
            if (open is null || rolled)
            {
                open = new OpenBatch(time.GetTimestamp());
                batches.Enqueue(open);
            }

            bool first = open.Count == 0 && batches.Count == 1;
            int before = open.Bytes;
            open.Add(json, count, firstAt, lastAt);
            bytes += open.Bytes - before;
            Interlocked.Add(ref waiting, count);
            if (awaited)
            {
                landed = open.Await(count);
            }

            rouse = sleeping && (awaited || rolled || first);
            sleeping = sleeping && !rouse;
        }

        if (rouse)
        {
            wake.Set();
        }

        return landed;
    }

    /// <summary>Takes the oldest batch when it is due; null after <paramref name="patience"/> without one, or when closed and empty.</summary>
    public OpenBatch? Take(TimeSpan patience)
    {
        bool again = true;
        while (true)
        {
            TimeSpan wait = patience;
            lock (gate)
            {
                if (batches.TryPeek(out OpenBatch? oldest))
                {
                    TimeSpan age = time.GetElapsedTime(oldest.OpenedTimestamp);
                    if (closed || oldest.Awaited > 0 || !ReferenceEquals(oldest, open) || age >= options.AsyncLinger)
                    {
                        batches.Dequeue();
                        open = ReferenceEquals(oldest, open) ? null : open;
                        bytes -= oldest.Bytes;
                        Interlocked.Add(ref waiting, -oldest.Count);
                        return oldest;
                    }

                    wait = options.AsyncLinger - age;
                }
                else if (closed || !again)
                {
                    return null;
                }

                sleeping = true;
            }

            again = wake.WaitOne(wait);
        }
    }

    /// <summary>Takes the counts of what is missing; they are in the chain when the batch that carries them has landed.</summary>
    public (Gap Lost, Gap Refused) TakeGaps()
    {
        lock (gate)
        {
            (Gap, Gap) gaps = (lost, refused);
            lost = refused = default;
            return gaps;
        }
    }

    /// <summary>Those who wait in the queue are told that their records cannot be kept; the records stay.</summary>
    public int WithdrawAll(string why)
    {
        lock (gate)
        {
            // A withdrawn batch takes no more callers.
            open = null;
            return batches.Count(batch => batch.Withdraw(why));
        }
    }

    /// <summary>Nothing is added any more; what waits is still taken.</summary>
    public void Close()
    {
        lock (gate)
        {
            closed = true;
        }

        wake.Set();
    }

    public void Dispose() => wake.Dispose();

    private void TurnAway(int count, DateTimeOffset firstAt, DateTimeOffset lastAt, bool awaited)
    {
        if (awaited)
        {
            refused = refused.With(count, firstAt, lastAt);
            RefusedTotal += count;
            JournalMetrics.Refused.Add(count);
        }
        else
        {
            lost = lost.With(count, firstAt, lastAt);
            LostTotal += count;
            JournalMetrics.Lost.Add(count);
        }
    }
}
