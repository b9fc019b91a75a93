using AccessGov.EventSourcing;

namespace AccessGov.CommandEndpoints;

/// <summary>A kind of stream: how its ids begin, what it is before its first event, and how events change it.</summary>
/// <param name="Name">For example grant; streams are named grant-{id}.</param>
/// <param name="Initial">The state of a stream that does not exist.</param>
/// <param name="Evolve">Folds one event into a state.</param>
public sealed record StreamKind<TState, TEvent>(string Name, TState Initial, Func<TState, TEvent, TState> Evolve)
{
    /// <summary>The stream of an id.</summary>
    public string StreamId(string id) => $"{Name}-{id}";

    /// <summary>The id in the name of a stream of this kind.</summary>
    public string IdOf(string streamId) => streamId[(Name.Length + 1)..];

    /// <summary>The state of a stream.</summary>
    public TState Fold(EventStream stream) => stream.Fold(Initial, Evolve);
}
