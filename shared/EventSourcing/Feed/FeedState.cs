namespace AccessGov.EventSourcing.Feed;

/// <summary>What this process knows about the feed without asking the database. Thread-safe.</summary>
internal sealed class FeedState
{
    private long head;

    /// <summary>Pulsed when this process committed events.</summary>
    public Signal CommittedHere { get; } = new();

    /// <summary>Pulsed when events of this schema were committed, here or elsewhere, and wait for their positions.</summary>
    public Signal Appended { get; } = new();

    /// <summary>Pulsed when the head moved.</summary>
    public Signal Numbered { get; } = new();

    /// <summary>The last position that this process has heard of; the true head may be further.</summary>
    public long Head => Interlocked.Read(ref head);

    /// <summary>Whether this process numbers the events of the schema.</summary>
    public bool Leads { get; set; }

    /// <summary>Why the store has not started; null when it has.</summary>
    public string? NotStarted { get; set; } = "The event store has not started yet.";

    /// <summary>Why numbering stopped; null while it works.</summary>
    public string? Stopped { get; set; }

    public void Committed()
    {
        CommittedHere.Pulse();
        Appended.Pulse();
    }

    public void Advance(long position)
    {
        long known = Head;
        while (position > known)
        {
            long found = Interlocked.CompareExchange(ref head, position, known);
            if (found == known)
            {
                Numbered.Pulse();
                return;
            }

            known = found;
        }
    }
}
