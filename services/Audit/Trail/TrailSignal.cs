namespace AccessGov.Audit.Trail;

/// <summary>Wakes the sequencer when this process took events in. Thread-safe.</summary>
internal sealed class TrailSignal
{
    private TaskCompletionSource waiting = New();

    /// <summary>Completes at the next <see cref="Set"/> after it was read.</summary>
    public Task Next => Volatile.Read(ref waiting).Task;

    public void Set() => Interlocked.Exchange(ref waiting, New()).TrySetResult();

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
