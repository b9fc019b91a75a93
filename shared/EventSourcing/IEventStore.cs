using Npgsql;

namespace AccessGov.EventSourcing;

/// <summary>
/// An append-only store of event streams in one PostgreSQL schema. Thread-safe. Services know this face only; a second
/// implementation may stand on Marten, whose table layout the first one shares.
/// </summary>
public interface IEventStore
{
    /// <summary>
    /// Appends events to one stream, durably: when the task completes, the events are committed.
    /// </summary>
    /// <exception cref="WrongExpectedVersionException">The stream is not at the expected version.</exception>
    /// <exception cref="StreamAlreadyExistsException"><see cref="ExpectedVersion.NoStream"/> was expected and the stream exists.</exception>
    /// <exception cref="StreamArchivedException">The stream is archived.</exception>
    /// <exception cref="StoreOverloadedException">The queue of waiting appends is full: answer 503 with Retry-After.</exception>
    /// <exception cref="StoreUnavailableException">The database cannot be written to; nothing was written.</exception>
    /// <exception cref="AppendOutcomeUnknownException">The connection broke; the events may or may not be stored.</exception>
    /// <exception cref="OperationCanceledException">Cancelled while waiting for its turn; nothing was written. Once under way, an append is not cancelled.</exception>
    Task<AppendReceipt> AppendAsync(StreamAppend append, CancellationToken cancellation = default);

    /// <summary>
    /// Appends to several streams, each with its own result, in few round trips; one stream's conflict does not fail its neighbours.
    /// Results come in the order of the appends. An append with <see cref="StreamAppend.Alongside"/> is refused here with an <see cref="ArgumentException"/>.
    /// </summary>
    Task<IReadOnlyList<AppendResult>> AppendManyAsync(IReadOnlyList<StreamAppend> appends, CancellationToken cancellation = default);

    /// <summary>Completes when the store has been started: before that nothing is written, and its tables may not be there to be read.</summary>
    Task Started { get; }

    /// <summary>Loads one stream, oldest event first; a stream that does not exist is empty at version 0. Tombstones and archived events are skipped.</summary>
    Task<EventStream> LoadAsync(string streamId, CancellationToken cancellation = default);

    /// <summary>The first answer to a command with this idempotency key, marked <see cref="AppendReceipt.Repeated"/>; null when the key is not known.</summary>
    /// <exception cref="IdempotencyKeyReusedException">The key was used for a command with another <see cref="StreamAppend.CommandHash"/>.</exception>
    Task<AppendReceipt?> FindReceiptAsync(string idempotencyKey, string? commandHash = null, CancellationToken cancellation = default);

    /// <summary>
    /// Reads all numbered events after a position, in position order, at most <paramref name="limit"/> of them. Positions are dense: 1, 2, 3, ...
    /// Fewer than <paramref name="limit"/> means that the end was reached.
    /// </summary>
    Task<IReadOnlyList<StoredEvent>> ReadAllAsync(long afterPosition, int limit, CancellationToken cancellation = default);

    /// <summary>Reads the events at these positions, in position order; positions that hold none (skipped or not numbered yet) are left out.</summary>
    Task<IReadOnlyList<StoredEvent>> ReadAtAsync(IReadOnlyCollection<long> positions, CancellationToken cancellation = default);

    /// <summary>
    /// Follows the store for ever: batches of events after a position, as they are numbered, each batch not empty.
    /// For read models in memory; a read model in the database is an <see cref="ISubscription"/>.
    /// </summary>
    IAsyncEnumerable<IReadOnlyList<StoredEvent>> FollowAsync(long afterPosition, CancellationToken cancellation = default);

    /// <summary>The last position that has been numbered, 0 for none.</summary>
    Task<long> HeadAsync(CancellationToken cancellation = default);

    /// <summary>
    /// The position up to which a subscription has written the effects of events, 0 when it never ran. Its tables may be read as of that
    /// position; it may be further by the time the answer is here.
    /// </summary>
    /// <param name="subscription">The <see cref="ISubscription.Name"/>.</param>
    /// <param name="cancellation">Ends the call.</param>
    Task<long> ReachedAsync(string subscription, CancellationToken cancellation = default);

    /// <summary>
    /// Waits until the events of an append are numbered and answers the position of the last of them. Ends with the caller's cancellation.
    /// </summary>
    Task<long> PositionOfAsync(AppendReceipt receipt, CancellationToken cancellation = default);

    /// <summary>
    /// Waits until the events of all these appends are numbered and answers the highest of their positions, 0 for none. Ends with the caller's cancellation.
    /// </summary>
    Task<long> PositionOfAsync(IReadOnlyList<AppendReceipt> receipts, CancellationToken cancellation = default);
}

/// <summary>Runs in the transaction of an append: look-up rows and outgoing messages that must never lag behind the events.</summary>
/// <param name="transaction">The append's own transaction; do not commit or roll back.</param>
/// <param name="receipt">What the append did.</param>
/// <param name="cancellation">Ends the append.</param>
public delegate Task Alongside(NpgsqlTransaction transaction, AppendReceipt receipt, CancellationToken cancellation);

/// <summary>One append to one stream.</summary>
/// <param name="StreamId">The stream, for example <c>grant-018f...</c>; 1 to 250 characters.</param>
/// <param name="Expected">The version that the stream must have.</param>
/// <param name="Events">At least one event; each type carries <see cref="EventNameAttribute"/> and is registered in the store.</param>
public sealed record StreamAppend(string StreamId, ExpectedVersion Expected, IReadOnlyList<object> Events)
{
    /// <summary>The kind of stream, for example <c>grant</c>; written to <c>mt_streams.type</c> when the stream starts.</summary>
    public string? StreamType { get; init; }

    /// <summary>Who acted and what caused it.</summary>
    public EventMetadata Metadata { get; init; } = EventMetadata.None;

    /// <summary>A command repeated with its key gets the first answer and appends nothing. Scope: the whole store. 1 to 200 characters.</summary>
    public string? IdempotencyKey { get; init; }

    /// <summary>
    /// What the key stands for, in any form that differs when the command does; 1 to 200 characters. A key that comes back with another one is refused with
    /// <see cref="IdempotencyKeyReusedException"/>; null is not compared.
    /// </summary>
    public string? CommandHash { get; init; }

    /// <summary>Runs in the same transaction, after the events; an exception rolls everything back and rises to the caller.</summary>
    public Alongside? Alongside { get; init; }
}

/// <summary>The version a stream must have for an append to succeed.</summary>
public readonly record struct ExpectedVersion
{
    private ExpectedVersion(long value) => Value = value;

    /// <summary>-1 for any version, 0 for a stream that does not exist yet, else the version of its last event.</summary>
    public long Value { get; }

    /// <summary>Whatever version the stream has.</summary>
    public static ExpectedVersion Any { get; } = new(-1);

    /// <summary>The stream must not exist.</summary>
    public static ExpectedVersion NoStream { get; } = new(0);

    /// <summary>The stream's last event has this version; 0 is <see cref="NoStream"/>.</summary>
    public static ExpectedVersion Exactly(long version) =>
        version >= 0 ? new(version) : throw new ArgumentOutOfRangeException(nameof(version), version, "A version is 0 or more.");
}

/// <summary>What an append did.</summary>
/// <param name="StreamId">The stream.</param>
/// <param name="Version">The version of the stream's last event after the append.</param>
/// <param name="LastSequence">The <c>seq_id</c> of the last event appended.</param>
/// <param name="Repeated">True when the idempotency key was known and the first answer is given again.</param>
public sealed record AppendReceipt(string StreamId, long Version, long LastSequence, bool Repeated);

/// <summary>The result of one append among many: exactly one of the two is set.</summary>
/// <param name="Receipt">What the append did.</param>
/// <param name="Failure">One of the typed errors of <see cref="IEventStore.AppendAsync"/>.</param>
public sealed record AppendResult(AppendReceipt? Receipt, Exception? Failure);

/// <summary>A stream as loaded.</summary>
/// <param name="StreamId">The stream.</param>
/// <param name="Version">The version of its last event, 0 when it does not exist.</param>
/// <param name="Events">Its events, oldest first.</param>
public sealed record EventStream(string StreamId, long Version, IReadOnlyList<StoredEvent> Events)
{
    /// <summary>Folds the events into a state.</summary>
    public TState Fold<TState, TEvent>(TState initial, Func<TState, TEvent, TState> evolve) =>
        Events.Aggregate(initial, (state, stored) => evolve(state, (TEvent)stored.Data));
}

/// <summary>An event as stored.</summary>
/// <param name="Position">Its dense position in the store, 0 while it is not numbered yet (only in <see cref="IEventStore.LoadAsync"/>).</param>
/// <param name="Sequence">Its <c>seq_id</c>.</param>
/// <param name="Id">Its identity.</param>
/// <param name="StreamId">The stream it belongs to.</param>
/// <param name="Version">Its version in the stream, from 1.</param>
/// <param name="Name">Its stored name.</param>
/// <param name="Data">The event, of the type registered for its name.</param>
/// <param name="RecordedAt">When it was appended, by the database's clock.</param>
/// <param name="Metadata">Who acted and what caused it.</param>
public sealed record StoredEvent(
    long Position, long Sequence, Guid Id, string StreamId, long Version, string Name, object Data, DateTimeOffset RecordedAt, EventMetadata Metadata);

/// <summary>Who acted and what caused an event.</summary>
/// <param name="Actor">The subject that acted, written to <c>headers.actor</c>.</param>
/// <param name="CorrelationId">The trace.</param>
/// <param name="CausationId">The message or command that caused it.</param>
/// <param name="Source">From where (an address or a service), written to <c>headers.source</c>.</param>
/// <param name="OnBehalfOf">For whom the actor acted, written to <c>headers.on_behalf_of</c>.</param>
public sealed record EventMetadata(
    string? Actor = null, string? CorrelationId = null, string? CausationId = null, string? Source = null, string? OnBehalfOf = null)
{
    /// <summary>Nothing is known.</summary>
    public static EventMetadata None { get; } = new();
}

/// <summary>
/// A read model in the database. Called with batches in position order; its writes and its checkpoint commit together, so their effect happens once.
/// </summary>
public interface ISubscription
{
    /// <summary>Its name; the progress row is <c>{Name}:All</c>.</summary>
    string Name { get; }

    /// <summary>
    /// Whether it wants events now. Until it does its position stays, and it is asked again about once a second. Asked often: the answer must be cheap.
    /// </summary>
    Task<bool> IsWantedAsync(CancellationToken cancellation) => Task.FromResult(true);

    /// <summary>Writes the effect of a batch in the given transaction. Called by one runner at a time in the whole system.</summary>
    Task HandleAsync(IReadOnlyList<StoredEvent> batch, NpgsqlTransaction transaction, CancellationToken cancellation);
}
