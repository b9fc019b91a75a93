using AccessGov.Testing;
using Microsoft.Extensions.Logging;

namespace AccessGov.EventSourcing.Tests;

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
    public void An_outage_is_told_once_for_each_reason_and_once_when_it_is_over()
    {
        using var failures = new FailureLog(clock, lines);
        for (int attempt = 0; attempt < 100; attempt++)
        {
            failures.Outage("The store is away", attempt % 2 == 0 ? "refused" : "reset");
            clock.Advance(TimeSpan.FromSeconds(1));
        }

        lines.All.ShouldBe([(LogLevel.Warning, "The store is away: refused"), (LogLevel.Warning, "The store is away: reset")]);
        failures.Over();
        failures.Over();
        lines.All.Skip(2).ShouldBe([(LogLevel.Information, "The store is away: it works again, after 100 seconds and 100 failures")]);

        failures.Outage("The store is away", "refused", level: LogLevel.Critical);
        lines.All[^1].ShouldBe((LogLevel.Critical, "The store is away: refused"));
    }

    [Fact]
    public void Reasons_that_never_repeat_do_not_fill_the_log_and_one_outage_ends_without_the_other()
    {
        using var failures = new FailureLog(clock, lines);
        for (int attempt = 0; attempt < 1_000; attempt++)
        {
            failures.Outage("A", $"{attempt}");
        }

        failures.Outage("B", "away");
        lines.All.Count.ShouldBe(9);
        failures.Failed("C", "counted");
        failures.Over("A");
        lines.All[^1].Text.ShouldStartWith("A: it works again");
        failures.Over();
        lines.All[^1].Text.ShouldStartWith("B: it works again");
    }

    [Fact]
    public void Nothing_is_told_after_its_end()
    {
        var failures = new FailureLog(clock, lines);
        failures.Failed("A", "one");
        failures.Dispose();
        failures.Failed("A", "two");
        failures.Outage("B", "away");
        failures.Over();
        clock.Advance(FailureLog.Interval);
        lines.All.Count.ShouldBe(1);
    }
}
