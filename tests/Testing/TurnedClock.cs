namespace AccessGov.Testing;

/// <summary>A clock that a test turns, with timers that fire while it is turned.</summary>
public sealed class TurnedClock : TimeProvider
{
    private readonly List<Timer> timers = [];
    private long ticks;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => ticks;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Timer(() => callback(state), ticks + dueTime.Ticks, period.Ticks);
        timers.Add(timer);
        return timer;
    }

    public void Advance(TimeSpan span)
    {
        ticks += span.Ticks;
        timers.ToList().ForEach(timer => timer.Reach(ticks));
    }

    private sealed class Timer(Action fire, long first, long period) : ITimer
    {
        private long due = first;
        private bool disposed;

        public void Reach(long now)
        {
            while (!disposed && due <= now)
            {
                due += period;
                fire();
            }
        }

        public bool Change(TimeSpan dueTime, TimeSpan period) => throw new NotSupportedException();

        public void Dispose() => disposed = true;

        public ValueTask DisposeAsync()
        {
            disposed = true;
            return ValueTask.CompletedTask;
        }
    }
}
