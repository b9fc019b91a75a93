namespace AccessGov.PolicyDecision.Facts;

/// <summary>Where decisions find what is known. Implemented by the follower of the event store and by a data directory.</summary>
internal interface IFacts
{
    /// <summary>False until everything that was stored at the start has been read: until then the snapshot says nothing.</summary>
    bool IsReady { get; }

    /// <summary>The newest snapshot; reading it costs nothing.</summary>
    FactsSnapshot Current { get; }

    /// <summary>Waits until the snapshot has reached a position; ends with the caller's cancellation.</summary>
    ValueTask<FactsSnapshot> AtLeastAsync(long position, CancellationToken cancellation);
}
