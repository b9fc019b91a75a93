using AccessGov.Testing;

namespace AccessGov.Recertification.Tests;

/// <summary>Given events, when a command is decided, then events or a refusal.</summary>
internal static class Spec
{
    public static readonly DateTimeOffset Now = new(2026, 5, 4, 12, 0, 0, TimeSpan.Zero);

    public static GivenStream<TState, TEvent> Given<TState, TEvent>(StreamKind<TState, TEvent> streams, params TEvent[] events)
        where TEvent : notnull => new(events.Aggregate(streams.Initial, streams.Evolve), Refusals.Table.StatusOf);
}
