namespace AccessGov.IdentityFederation.Tests;

/// <summary>The machine's clock, moved ahead by a test; what waits, waits in real time.</summary>
internal sealed class MovedClock : TimeProvider
{
    private long aheadTicks;

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + new TimeSpan(Volatile.Read(ref aheadTicks));

    public void Advance(TimeSpan by) => Interlocked.Add(ref aheadTicks, by.Ticks);
}
