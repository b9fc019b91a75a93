namespace AccessGov.EventSourcing;

/// <summary>How a command ended.</summary>
/// <typeparam name="TState">The stream's state.</typeparam>
public abstract record CommandResult<TState>
{
    private CommandResult() { }

    /// <summary>The events are stored (or were, when <see cref="AppendReceipt.Repeated"/>).</summary>
    /// <param name="Receipt">What the append did.</param>
    /// <param name="State">The state right after it.</param>
    public sealed record Accepted(AppendReceipt Receipt, TState State) : CommandResult<TState>;

    /// <summary>The command changes nothing, and that is not an error.</summary>
    /// <param name="Version">The stream's version.</param>
    /// <param name="Last">The receipt of whatever wrote the stream's last event, so that one can wait for it; null when there is no stream.</param>
    /// <param name="State">The state it found.</param>
    public sealed record NothingToDo(long Version, AppendReceipt? Last, TState State) : CommandResult<TState>;

    /// <summary>The rule refused; nothing was written.</summary>
    /// <param name="Reason">Why.</param>
    public sealed record Refused(Refusal Reason) : CommandResult<TState>;
}

/// <summary>Runs commands: load, decide, append.</summary>
public static class EventStoreCommands
{
    private const int Attempts = 5;

    /// <summary>
    /// Loads the stream, lets the rule decide, and appends what it decided with the version it saw. When somebody else appended in between, loads and decides
    /// again, a few times. A command whose idempotency key is known is not decided again: it gets the first answer.
    /// </summary>
    /// <param name="store">The store.</param>
    /// <param name="streamId">The stream.</param>
    /// <param name="streamType">The kind of stream.</param>
    /// <param name="initial">The state of a stream without events.</param>
    /// <param name="evolve">Applies one event to a state.</param>
    /// <param name="decide">The rule. It may run several times.</param>
    /// <param name="metadata">Who acts and what caused it.</param>
    /// <param name="idempotencyKey">Names the command, so that repeating it is safe.</param>
    /// <param name="alongside">SQL in the transaction of the append; it may run several times, and its effects remain once.</param>
    /// <param name="commandHash">What the key stands for: see <see cref="StreamAppend.CommandHash"/>.</param>
    /// <param name="cancellation">Ends the command while nothing is under way.</param>
    /// <exception cref="WrongExpectedVersionException">Others were faster five times in a row.</exception>
    /// <exception cref="AppendFailedException">The append failed in another way that <see cref="IEventStore.AppendAsync"/> names.</exception>
    public static async Task<CommandResult<TState>> RunAsync<TState, TEvent>(
        this IEventStore store, string streamId, string? streamType, TState initial, Func<TState, TEvent, TState> evolve,
        Func<TState, Outcome<TEvent>> decide, EventMetadata? metadata = null, string? idempotencyKey = null, Alongside? alongside = null,
        string? commandHash = null, CancellationToken cancellation = default)
        where TEvent : notnull
    {
        for (int attempt = 1; ; attempt++)
        {
            if (idempotencyKey is not null && await store.FindReceiptAsync(idempotencyKey, commandHash, cancellation) is { } first)
            {
                return await RepeatAsync(store, first, initial, evolve, cancellation);
            }

            EventStream stream = await store.LoadAsync(streamId, cancellation);
            TState state = stream.Fold(initial, evolve);
            switch (decide(state))
            {
                case Outcome<TEvent>.Refused refused:
                    return new CommandResult<TState>.Refused(refused.Reason);
                case Outcome<TEvent>.Accepted { Events.Count: 0 }:
                    return new CommandResult<TState>.NothingToDo(stream.Version, LastOf(stream), state);
                case Outcome<TEvent>.Accepted accepted:
                    var append = new StreamAppend(streamId, ExpectedVersion.Exactly(stream.Version), [.. accepted.Events])
                    {
                        StreamType = streamType,
                        Metadata = metadata ?? EventMetadata.None,
                        IdempotencyKey = idempotencyKey,
                        CommandHash = commandHash,
                        Alongside = alongside,
                    };
                    try
                    {
                        AppendReceipt receipt = await store.AppendAsync(append, cancellation);
                        return receipt.Repeated
                            ? await RepeatAsync(store, receipt, initial, evolve, cancellation)
                            : new CommandResult<TState>.Accepted(receipt, accepted.Events.Aggregate(state, evolve));
                    }
                    catch (AppendFailedException e) when (
                        e is WrongExpectedVersionException or StreamAlreadyExistsException && attempt < Attempts)
                    {
                        continue;
                    }

                default:
                    throw new InvalidOperationException("A rule answers with events or a refusal.");
            }
        }
    }

    private static AppendReceipt? LastOf(EventStream stream) =>
        stream.Events is [.., var last] ? new AppendReceipt(stream.StreamId, stream.Version, last.Sequence, Repeated: true) : null;

    private static async Task<CommandResult<TState>> RepeatAsync<TState, TEvent>(
        IEventStore store, AppendReceipt first, TState initial, Func<TState, TEvent, TState> evolve, CancellationToken cancellation)
    {
        EventStream stream = await store.LoadAsync(first.StreamId, cancellation);
        TState state = stream.Events.Where(stored => stored.Version <= first.Version)
            .Aggregate(initial, (folded, stored) => evolve(folded, (TEvent)stored.Data));
        return new CommandResult<TState>.Accepted(first, state);
    }
}
