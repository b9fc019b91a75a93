namespace AccessGov.Recertification.Tests;

/// <summary>The machine's clock, moved ahead by a test; what waits, waits in real time.</summary>
internal sealed class MovedClock : TimeProvider
{
    private long aheadTicks;
    private long stoppedTicks;

    public override DateTimeOffset GetUtcNow()
    {
        long stopped = Volatile.Read(ref stoppedTicks);
        return (stopped == 0 ? base.GetUtcNow() : new DateTimeOffset(stopped, TimeSpan.Zero)) + new TimeSpan(Volatile.Read(ref aheadTicks));
    }

    /// <summary>From now on it goes ahead only when it is moved.</summary>
    public void Stop() => Interlocked.CompareExchange(ref stoppedTicks, base.GetUtcNow().UtcTicks, 0);

    public void Advance(TimeSpan by) => Interlocked.Add(ref aheadTicks, by.Ticks);
}
