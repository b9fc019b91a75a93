using System.Text.Json;
using AccessGov.EventSourcing;
using Shouldly;

namespace AccessGov.Testing;

/// <summary>A stream as it is when a command is decided.</summary>
/// <param name="State">What its events made of it.</param>
/// <param name="StatusOf">Which HTTP status the service gives a refusal's code.</param>
public sealed record GivenStream<TState, TEvent>(TState State, Func<string, int> StatusOf)
    where TEvent : notnull
{
    public Decided<TEvent> When(Func<TState, Outcome<TEvent>> decide) => new(decide(State), StatusOf);
}

/// <summary>How a command was decided.</summary>
/// <param name="Outcome">Events or a refusal.</param>
/// <param name="StatusOf">Which HTTP status the service gives a refusal's code.</param>
public sealed record Decided<TEvent>(Outcome<TEvent> Outcome, Func<string, int> StatusOf)
    where TEvent : notnull
{
    public void Then(params TEvent[] events) =>
        Stored(Outcome.ShouldBeOfType<Outcome<TEvent>.Accepted>().Events).ShouldBe(Stored(events));

    public void ThenNothing() => Outcome.ShouldBeOfType<Outcome<TEvent>.Accepted>().Events.ShouldBeEmpty();

    /// <summary>It is refused with a status of those that are the caller's to mend.</summary>
    public void ThenRefused(string code)
    {
        ShouldRefuse(code);
        StatusOf(code).ShouldBeInRange(400, 412);
    }

    public void ThenRefused(string code, int status)
    {
        ShouldRefuse(code);
        StatusOf(code).ShouldBe(status);
    }

    private void ShouldRefuse(string code)
    {
        Refusal refusal = Outcome.ShouldBeOfType<Outcome<TEvent>.Refused>().Reason;
        refusal.Code.ShouldBe(code);
        refusal.Sentence.ShouldEndWith(".");
    }

    /// <summary>Events are equal when they are stored equally.</summary>
    private static string[] Stored(IEnumerable<TEvent> events) =>
        [.. events.Select(@event => $"{@event.GetType().Name} {JsonSerializer.Serialize(@event, @event.GetType(), EventTypes.SerializerOptions)}")];
}
