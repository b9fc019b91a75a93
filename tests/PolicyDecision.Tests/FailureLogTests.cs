using Microsoft.Extensions.Logging;

namespace AccessGov.PolicyDecision.Tests;

public sealed class FailureLogTests
{
    private readonly LogLines lines = new();
    private readonly TurnedClock clock = new();

    [Fact]
    public void Twenty_thousand_failures_in_two_minutes_are_a_line_at_once_a_count_each_interval_and_an_end()
    {
        using var failures = new FailureLog(clock, lines);
        for (int second = 0; second < 120; second++)
        {
            for (int i = 0; i < 200; i++)
            {
                failures.Failed("Denied with journal_unavailable", "study.view");
            }

            clock.Advance(TimeSpan.FromSeconds(1));
        }

        clock.Advance(FailureLog.Interval);
        clock.Advance(FailureLog.Interval);
        lines.All.Select(line => line.Level).ShouldBe([LogLevel.Warning, LogLevel.Warning, LogLevel.Warning, LogLevel.Warning, LogLevel.Warning, LogLevel.Information]);
        lines.All[0].Text.ShouldBe("Denied with journal_unavailable: study.view. More of this are counted.");
        lines.All[1].Text.ShouldContain("5999 more");
        lines.All[2].Text.ShouldContain("6000 more");
        lines.All[5].Text.ShouldContain("24000 in all, the first 150 seconds ago");
    }

    [Fact]
    public void Kinds_are_counted_apart_and_what_comes_again_after_its_end_is_told_again()
    {
        using var failures = new FailureLog(clock, lines);
        failures.Failed("A", "one");
        failures.Failed("B", "one");
        failures.Failed("B", "two");
        lines.All.Count.ShouldBe(2);
        clock.Advance(FailureLog.Interval);
        lines.All.Skip(2).Select(line => line.Text[0]).Order().ShouldBe(['A', 'B']);
        failures.Failed("A", "again");
        lines.All[^1].ShouldBe((LogLevel.Warning, "A: again. More of this are counted."));
    }

    [Fact]
    public void Nothing_is_told_after_its_end()
    {
        var failures = new FailureLog(clock, lines);
        failures.Failed("A", "one");
        failures.Dispose();
        failures.Failed("A", "two");
        clock.Advance(FailureLog.Interval);
        lines.All.Count.ShouldBe(1);
    }

    /// <summary>A clock that a test turns, with timers that fire while it is turned.</summary>
    private sealed class TurnedClock : TimeProvider
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
}
