using AccessGov.EmergencyCapabilities;
using Microsoft.Extensions.Options;

namespace AccessGov.Edge.Journal;

/// <summary>Nothing is written down, so nothing is given.</summary>
internal sealed class JournalException(CapabilityFault fault, Exception? inner = null) : Exception(fault.Sentence, inner)
{
    public CapabilityFault Fault => fault;
}

/// <summary>
/// What happened at this edge. Whoever is answered finds what the answer says on the disk: those who wait at the same time share one flush.
/// What cannot be written has not happened. Thread-safe.
/// </summary>
internal sealed class EdgeJournal : IDisposable
{
    private readonly Lock gate = new();
    private readonly ILogger<EdgeJournal> log;
    private readonly JournalFiles files;
    private EdgeState durable = EdgeState.Empty;
    private EdgeState pending = EdgeState.Empty;
    private Batch waiting = new();
    private Batch? underWay;
    private volatile JournalDamage? broken;

    public EdgeJournal(IOptions<EdgeOptions> options, ILogger<EdgeJournal> log)
    {
        this.log = log;
        files = new JournalFiles(options.Value.Directory);
        (durable, JournalDamage? damage) = files.Read();
        pending = durable;
        if (damage is not null)
        {
            Break(damage);
        }
    }

    /// <summary>What is on the disk; of a broken journal what the lines before that say.</summary>
    public EdgeState State
    {
        get
        {
            lock (gate)
            {
                return durable;
            }
        }
    }

    /// <summary>Why the journal is not to be believed; null when it is.</summary>
    public JournalDamage? Broken => broken;

    public JournalFiles Files => files;

    /// <summary>From now on nothing is given: the journal is not what it was.</summary>
    public void Break(JournalDamage damage)
    {
        broken = damage;
        log.LogCritical("The journal of this edge is not to be believed, and nothing is given: {Why}", damage.Why);
    }

    /// <summary>Decides with what the journal says, those that are being written included, and writes down what comes of it.</summary>
    /// <param name="decide">What is written (its number and place do not matter), or null, and what is answered.</param>
    /// <exception cref="JournalException">It cannot be written.</exception>
    public async Task<TAnswer> WriteAsync<TAnswer>(Func<EdgeState, (EdgeJournalEntry? Entry, TAnswer Answer)> decide)
    {
        Task written;
        TAnswer answer;
        lock (gate)
        {
            if (Broken is not null)
            {
                throw new JournalException(Refusals.JournalBroken);
            }

            (EdgeJournalEntry? draft, answer) = decide(pending);
            if (draft is not null)
            {
                EdgeJournalEntry entry = draft with { Sequence = pending.Sequence + 1, Previous = pending.Hash };
                byte[] line = entry.ToLine();
                pending = pending.After(entry, EdgeJournalEntry.HashOf(line));
                waiting.Lines.Add(line);
            }

            // An answer that rests on what is being written waits for it as well.
            written = waiting.Lines.Count > 0 ? waiting.Done.Task : underWay?.Done.Task ?? Task.CompletedTask;
            if (waiting.Lines.Count > 0 && underWay is null)
            {
                (Batch batch, EdgeState after) = (waiting, pending);
                (underWay, waiting) = (batch, new Batch());
                _ = Task.Run(() => Flush(batch, after));
            }
        }

        await written;
        return answer;
    }

    public void Dispose() => files.Dispose();

    private void Flush(Batch batch, EdgeState after)
    {
        while (true)
        {
            try
            {
                files.Append(batch.Lines, after.Sequence - batch.Lines.Count + 1);
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                Fail(batch, failure);
                return;
            }

            Batch? next;
            lock (gate)
            {
                durable = after;
                after = pending;
                underWay = next = waiting.Lines.Count > 0 ? waiting : null;
                waiting = next is null ? waiting : new Batch();
            }

            batch.Done.SetResult();
            if (next is null)
            {
                return;
            }

            batch = next;
        }
    }

    private void Fail(Batch batch, Exception failure)
    {
        log.LogError(failure, "The journal of this edge cannot be written, and nothing is given.");
        Batch behind;
        lock (gate)
        {
            // What waits was decided on what has not happened.
            (behind, waiting, underWay, pending) = (waiting, new Batch(), null, durable);
        }

        var unavailable = new JournalException(Refusals.JournalUnavailable, failure);
        batch.Done.SetException(unavailable);
        if (behind.Lines.Count > 0)
        {
            behind.Done.SetException(unavailable);
        }
    }

    private sealed class Batch
    {
        public List<byte[]> Lines { get; } = [];

        public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
