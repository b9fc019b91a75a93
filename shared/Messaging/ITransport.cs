using Npgsql;

namespace AccessGov.Messaging;

/// <summary>What carries messages from a sender's transaction to a consumer. PostgreSQL is the first; a broker with an outbox is another.</summary>
internal interface ITransport
{
    /// <summary>Sends to every subscriber, if and only if the transaction commits.</summary>
    Task SendAsync(Letter letter, NpgsqlTransaction transaction, CancellationToken cancellation);

    /// <summary>Whether a message of this name has a subscriber; asked in the transaction where one is given.</summary>
    Task<bool> HasSubscriberAsync(string name, NpgsqlTransaction? transaction, CancellationToken cancellation);

    /// <summary>Makes the queue receive these messages, and no longer those.</summary>
    Task SubscribeAsync(IReadOnlyCollection<string> names, IReadOnlyCollection<string> noLonger, CancellationToken cancellation);

    /// <summary>Takes the next message that may be handled now; null when there is none.</summary>
    Task<Delivery?> TakeAsync(CancellationToken cancellation);

    /// <summary>Returns when there may be something to take.</summary>
    Task WaitAsync(CancellationToken cancellation);

    /// <summary>Signals arrivals to those who wait, until cancelled; says when it hears them.</summary>
    Task ListenAsync(Action hears, CancellationToken cancellation);
}

/// <summary>A message on its way, with its JSON.</summary>
internal sealed record Letter(MessageEnvelope Envelope, string Data, DateTimeOffset? NotBefore);

/// <summary>Why a message was not handled.</summary>
/// <param name="Code">Stable: <c>undecodable</c>, <c>unknown_message</c>, <c>handler_failed</c> or <c>handler_timed_out</c>.</param>
/// <param name="Detail">The exception's type and the start of its message.</param>
internal sealed record HandlingFailure(string Code, string Detail);

/// <summary>A message in a consumer's hands. Disposing it before one of the three outcomes gives it back.</summary>
internal abstract class Delivery : IAsyncDisposable
{
    public abstract Letter Letter { get; }

    /// <summary>The transaction that the acknowledgement commits in, for a handler of the same database; null when the transport has none to share.</summary>
    public abstract NpgsqlTransaction? Transaction { get; }

    public abstract Task CompleteAsync(CancellationToken cancellation);

    public abstract Task RetryAsync(DateTimeOffset dueAt, HandlingFailure failure, CancellationToken cancellation);

    public abstract Task BuryAsync(DateTimeOffset now, HandlingFailure failure, CancellationToken cancellation);

    public abstract ValueTask DisposeAsync();
}
