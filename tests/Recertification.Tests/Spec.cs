using System.Text.Json;
using AccessGov.EventSourcing;

namespace AccessGov.Recertification.Tests;

/// <summary>Given events, when a command is decided, then events or a refusal.</summary>
internal static class Spec
{
    public static readonly DateTimeOffset Now = new(2026, 5, 4, 12, 0, 0, TimeSpan.Zero);

    public static GivenStream<TState, TEvent> Given<TState, TEvent>(StreamKind<TState, TEvent> streams, params TEvent[] events) =>
        new(events.Aggregate(streams.Initial, streams.Evolve));

    internal sealed record GivenStream<TState, TEvent>(TState State)
    {
        public Decided<TEvent> When(Func<TState, Outcome<TEvent>> decide) => new(decide(State));
    }

    internal sealed record Decided<TEvent>(Outcome<TEvent> Outcome)
    {
        public void Then(params TEvent[] events) =>
            Stored(Outcome.ShouldBeOfType<Outcome<TEvent>.Accepted>().Events).ShouldBe(Stored(events));

        public void ThenNothing() => Outcome.ShouldBeOfType<Outcome<TEvent>.Accepted>().Events.ShouldBeEmpty();

        public void ThenRefused(string code, int status)
        {
            EventSourcing.Refusal refusal = Outcome.ShouldBeOfType<Outcome<TEvent>.Refused>().Reason;
            refusal.Code.ShouldBe(code);
            refusal.Sentence.ShouldEndWith(".");
            Refusals.Table.StatusOf(code).ShouldBe(status);
        }

        /// <summary>Events are equal when they are stored equally.</summary>
        private static string[] Stored(IEnumerable<TEvent> events) =>
            [.. events.Select(
                @event => $"{@event!.GetType().Name} {JsonSerializer.Serialize(@event, @event.GetType(), EventTypes.SerializerOptions)}")];
    }
}
