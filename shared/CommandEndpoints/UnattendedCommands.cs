using AccessGov.EventSourcing;

namespace AccessGov.CommandEndpoints;

/// <summary>Carries commands out that no request asks for: load, decide, append, as <see cref="CommandRunner"/> does. Thread-safe.</summary>
/// <param name="store">Where the streams are.</param>
public sealed class UnattendedCommands(IEventStore store)
{
    /// <summary>Runs one command on one stream. What is no refusal but an outage rises.</summary>
    /// <param name="streams">The kind of stream.</param>
    /// <param name="id">Which one.</param>
    /// <param name="decide">The rule. It may run several times.</param>
    /// <param name="metadata">What caused it.</param>
    /// <param name="alongside">SQL of the same transaction.</param>
    /// <param name="cancellation">Ends the command while nothing is under way.</param>
    /// <returns>Why it was refused; null when it was carried out or there was nothing to do.</returns>
    public async Task<Refusal?> RunAsync<TState, TEvent>(
        StreamKind<TState, TEvent> streams, string id, Func<TState, Outcome<TEvent>> decide, EventMetadata metadata, Alongside? alongside, CancellationToken cancellation)
        where TEvent : notnull
    {
        try
        {
            CommandResult<TState> result = await store.RunAsync(streams, id, decide, metadata, alongside: alongside, cancellation: cancellation);
            return (result as CommandResult<TState>.Refused)?.Reason;
        }
        catch (RefusedAlongsideException refused)
        {
            return refused.Refusal;
        }
        catch (Exception e) when (e is WrongExpectedVersionException or StreamAlreadyExistsException)
        {
            return CommandRunner.NotWritten(e);
        }
    }
}
