namespace AccessGov.PolicyDecision.Journal;

/// <summary>Steps between which a process may die.</summary>
internal enum JournalStep
{
    Committed,
    Spooled,
    Merged,
    Indexed,
    Told,
}

/// <summary>What /health tells about the journal. Thread-safe.</summary>
internal sealed class JournalState
{
    private long lastLanded;
    private long diverged;

    /// <summary>Called after each step. A test that does not return from it has the step's thread crash there.</summary>
    public Action<JournalStep>? Probe { get; set; }

    /// <summary>When a batch landed last, in the spool or the database; null before the first.</summary>
    public DateTimeOffset? LastLanded => Interlocked.Read(ref lastLanded) is var ticks and > 0 ? new DateTimeOffset(ticks, TimeSpan.Zero) : null;

    /// <summary>Batches that differ from what stands in the database.</summary>
    public long DivergedBatches => Interlocked.Read(ref diverged);

    /// <summary>Why the spool cannot be merged; null when it can.</summary>
    public volatile string? MergeFailure;

    /// <summary>Why the indexer does not get on; null when it does.</summary>
    public volatile string? IndexFailure;

    /// <summary>Why the audit trail is not told; null when it is.</summary>
    public volatile string? FeedFailure;

    /// <summary>Why no anchor can be signed; null when it can.</summary>
    public volatile string? AnchorFailure;

    /// <summary>Batches that are not indexed yet, as the indexer last saw it.</summary>
    public long IndexLag { get; set; }

    /// <summary>Batches that the audit trail has not been told, as the feed last saw it.</summary>
    public long FeedLag { get; set; }

    public void Landed(DateTimeOffset now) => Interlocked.Exchange(ref lastLanded, now.UtcTicks);

    public void Diverged() => Interlocked.Increment(ref diverged);
}
