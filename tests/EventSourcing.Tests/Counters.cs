using AccessGov.EventSourcing;

namespace AccessGov.EventSourcing.Tests;

/// <summary>A small stream for the tests: a counter that somebody raises.</summary>
public enum Mood
{
    Calm,
    Hurried,
}

[EventName("counter_started")]
public sealed record CounterStarted(string By, DateTimeOffset At);

[EventName("counter_raised")]
public sealed record CounterRaised(int By, Mood Mood = Mood.Calm);

public static class Counters
{
    public static EventTypes Types { get; } = EventTypes.Of(typeof(CounterStarted), typeof(CounterRaised));

    public static StreamAppend Raise(string stream, ExpectedVersion expected, int by = 1) => new(stream, expected, [new CounterRaised(by)]) { StreamType = "counter" };
}
