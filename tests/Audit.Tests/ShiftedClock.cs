namespace AccessGov.Audit.Tests;

/// <summary>The machine's clock, put forward: timers go on as they do.</summary>
internal sealed class ShiftedClock : TimeProvider
{
    private long shift;

    public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + TimeSpan.FromTicks(Volatile.Read(ref shift));

    public void Advance(TimeSpan span) => Interlocked.Add(ref shift, span.Ticks);

    /// <summary>Puts it to the first day of a later year.</summary>
    public void AdvanceToYear(int year) => Advance(new DateTimeOffset(year, 1, 1, 12, 0, 0, TimeSpan.Zero) - GetUtcNow());
}
