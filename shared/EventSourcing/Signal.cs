namespace AccessGov.EventSourcing;

/// <summary>Wakes everyone who waits. Thread-safe. Take <see cref="Next"/> before looking, so that no pulse is missed.</summary>
public sealed class Signal
{
    private TaskCompletionSource current = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes at the next <see cref="Pulse"/> after it was read.</summary>
    public Task Next => Volatile.Read(ref current).Task;

    /// <summary>Wakes everyone who waits now; whoever comes later waits for the next.</summary>
    public void Pulse() =>
        Interlocked.Exchange(ref current, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();

    /// <summary>Returns when the signal taken before is pulsed, when the time is over, or when cancelled; never throws.</summary>
    /// <param name="next">What <see cref="Next"/> was before one looked.</param>
    /// <param name="bound">How long at most.</param>
    /// <param name="time">Measures it.</param>
    /// <param name="cancellation">Ends the wait.</param>
    public static async Task WaitAsync(Task next, TimeSpan bound, TimeProvider time, CancellationToken cancellation) =>
        await next.WaitAsync(bound, time, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
}
