namespace AccessGov.Edge.Tests;

/// <summary>The machine's clock, moved by a test, backwards too; what waits, waits in real time.</summary>
internal sealed class MovedClock : TimeProvider
{
    private long ticks;

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + new TimeSpan(Volatile.Read(ref ticks));

    public void Move(TimeSpan by) => Interlocked.Add(ref ticks, by.Ticks);
}
