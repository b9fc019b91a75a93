using Npgsql;

namespace AccessGov.Messaging;

/// <summary>
/// Publishes messages. Thread-safe. Handlers are plain static methods <c>Handle(message, ...)</c> registered by the service; what they return is published in turn.
/// </summary>
public interface IMessageBus
{
    /// <summary>
    /// Publishes in the caller's transaction: the message is sent if and only if the transaction commits.
    /// </summary>
    /// <param name="message">A record of <c>shared/Contracts</c>, registered by the service under the name it travels by (CloudEvents <c>type</c>).</param>
    /// <param name="options">Subject (order is kept per subject), identity, time, trace.</param>
    /// <param name="transaction">The transaction that the message belongs to.</param>
    /// <param name="cancellation">Ends the call.</param>
    Task PublishAsync(object message, PublishOptions options, NpgsqlTransaction transaction, CancellationToken cancellation = default);

    /// <summary>Publishes in a transaction of its own: when the task completes, the message is durable.</summary>
    Task PublishAsync(object message, PublishOptions options, CancellationToken cancellation = default);

    /// <summary>
    /// Whether any queue subscribes to a message. A subscriber gets what is published after it first started: who must lose nothing waits for one.
    /// </summary>
    /// <typeparam name="T">A registered message.</typeparam>
    /// <param name="transaction">The transaction that is asked in; absent means one of its own.</param>
    /// <param name="cancellation">Ends the call.</param>
    Task<bool> HasSubscriberAsync<T>(NpgsqlTransaction? transaction = null, CancellationToken cancellation = default)
        where T : class;
}

/// <summary>How a message is published.</summary>
/// <param name="Subject">What the message is about (the stream); messages of one subject are handled in order. CloudEvents <c>subject</c>.</param>
/// <param name="Id">The message's identity; handling it twice equals once. CloudEvents <c>id</c>.</param>
public sealed record PublishOptions(string Subject, Guid Id)
{
    /// <summary>Not before this instant; absent means at once.</summary>
    public DateTimeOffset? NotBefore { get; init; }

    /// <summary>The W3C <c>traceparent</c> to carry; absent means the current activity's.</summary>
    public string? TraceParent { get; init; }
}
