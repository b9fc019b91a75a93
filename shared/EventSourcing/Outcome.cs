namespace AccessGov.EventSourcing;

/// <summary>Why a command was refused: a value, not an exception.</summary>
/// <param name="Code">Stable and machine-readable, snake case, for example <c>self_review</c>.</param>
/// <param name="Sentence">One clear sentence for people that says what to do next.</param>
public sealed record Refusal(string Code, string Sentence);

/// <summary>What a rule decided: events to append, a refusal, or nothing to do (a repeated command).</summary>
/// <typeparam name="TEvent">The base type of the stream's events.</typeparam>
public abstract record Outcome<TEvent>
{
    private Outcome() { }

    /// <summary>Events to append.</summary>
    /// <param name="Events">One or more events, in order; empty when there is nothing to do.</param>
    public sealed record Accepted(IReadOnlyList<TEvent> Events) : Outcome<TEvent>;

    /// <summary>A refusal.</summary>
    /// <param name="Reason">Why.</param>
    public sealed record Refused(Refusal Reason) : Outcome<TEvent>;

    /// <summary>One event.</summary>
    public static implicit operator Outcome<TEvent>(TEvent @event) => new Accepted([@event]);

    /// <summary>A refusal.</summary>
    public static implicit operator Outcome<TEvent>(Refusal refusal) => new Refused(refusal);
}

/// <summary>Makes outcomes.</summary>
public static class Outcome
{
    /// <summary>The command changes nothing, and that is not an error.</summary>
    public static Outcome<TEvent> NothingToDo<TEvent>() => new Outcome<TEvent>.Accepted([]);

    /// <summary>Several events, in order.</summary>
    public static Outcome<TEvent> Of<TEvent>(params TEvent[] events) => new Outcome<TEvent>.Accepted(events);
}
