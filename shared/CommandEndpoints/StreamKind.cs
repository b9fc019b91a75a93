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

/// <summary>Commands on streams of a kind.</summary>
public static class StreamCommands
{
    /// <summary>Loads the stream, lets the rule decide and appends what it decided, as <see cref="EventStoreCommands"/> does.</summary>
    /// <param name="store">Where the streams are.</param>
    /// <param name="streams">The kind of stream.</param>
    /// <param name="id">Which one.</param>
    /// <param name="decide">The rule. It may run several times.</param>
    /// <param name="metadata">Who acts and what caused it.</param>
    /// <param name="idempotencyKey">Names the command, so that repeating it is safe.</param>
    /// <param name="alongside">SQL of the same transaction.</param>
    /// <param name="cancellation">Ends the command while nothing is under way.</param>
    public static Task<CommandResult<TState>> RunAsync<TState, TEvent>(
        this IEventStore store, StreamKind<TState, TEvent> streams, string id, Func<TState, Outcome<TEvent>> decide, EventMetadata? metadata = null,
        string? idempotencyKey = null, Alongside? alongside = null, CancellationToken cancellation = default)
        where TEvent : notnull => store.RunAsync(
        streams.StreamId(id), streams.Name, streams.Initial, streams.Evolve, decide, metadata, idempotencyKey, alongside, cancellation: cancellation);
}
