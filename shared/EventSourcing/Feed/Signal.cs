namespace AccessGov.EventSourcing.Feed;

/// <summary>Wakes everyone who waits. Thread-safe. Take <see cref="Next"/> before looking, so that no pulse is missed.</summary>
internal sealed class Signal
{
    private TaskCompletionSource current = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task Next => Volatile.Read(ref current).Task;

    public void Pulse() =>
        Interlocked.Exchange(ref current, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();

    /// <summary>Returns when the signal taken before is pulsed, when the time is over, or when cancelled; never throws.</summary>
    public static async Task WaitAsync(Task next, TimeSpan bound, TimeProvider time, CancellationToken cancellation) =>
        await next.WaitAsync(bound, time, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
}
