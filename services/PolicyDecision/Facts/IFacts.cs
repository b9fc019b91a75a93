namespace AccessGov.PolicyDecision.Facts;

/// <summary>Where decisions find what is known. Implemented by the follower of the event store and by a data directory.</summary>
internal interface IFacts
{
    /// <summary>False until everything that was stored at the start has been read, and is known to be all: until then the snapshot says nothing.</summary>
    bool IsReady { get; }

    /// <summary>
    /// Whether the snapshot is complete, but for what was written a moment ago that no writer has been told of yet. False when the feed is lost for longer
    /// than the lease: then nothing may be permitted from it.
    /// </summary>
    bool AreComplete { get; }

    /// <summary>The newest snapshot; reading it costs nothing.</summary>
    FactsSnapshot Current { get; }

    /// <summary>Waits until the snapshot has reached a position; ends with the caller's cancellation.</summary>
    ValueTask<FactsSnapshot> AtLeastAsync(long position, CancellationToken cancellation);
}
