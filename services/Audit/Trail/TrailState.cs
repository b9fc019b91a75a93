namespace AccessGov.Audit.Trail;

/// <summary>What the sequencer of this process last knew, for health and for whoever waits. Thread-safe.</summary>
internal sealed class TrailState
{
    private readonly Lock gate = new();
    private TaskCompletionSource moved = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Published published = new(0, DateTimeOffset.MinValue);

    /// <summary>
    /// The newest published checkpoint, and when the youngest event under it was taken in: until then everything is provable.
    /// </summary>
    public sealed record Published(long Size, DateTimeOffset ReceivedAt);

    /// <summary>This process gives events their places.</summary>
    public bool Leads { get; set; }

    /// <summary>Why no event gets its place at the moment; null when they do.</summary>
    public string? Failure { get; set; }

    /// <summary>How far this machine's clock is ahead of the database's, where that is why; null where it is not.</summary>
    public TimeSpan? ClockAhead { get; set; }

    /// <summary>The trail in the directory is not the one that was committed.</summary>
    public bool Damaged { get; set; }

    public Published Newest => Volatile.Read(ref published);

    /// <summary>Completes when more was published than was at the time of the call.</summary>
    public Task Moved
    {
        get
        {
            lock (gate)
            {
                return moved.Task;
            }
        }
    }

    public void Publish(TrailHead head)
    {
        Volatile.Write(ref published, new Published(head.Size, head.ReceivedAt));
        TaskCompletionSource before;
        lock (gate)
        {
            (before, moved) = (moved, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        }

        before.TrySetResult();
    }
}
