namespace AccessGov.EventSourcing;

/// <summary>An append was not carried out, and nothing was written.</summary>
/// <param name="streamId">The stream.</param>
/// <param name="message">What was wrong.</param>
/// <param name="cause">The error behind it, if there is one.</param>
public abstract class AppendFailedException(string streamId, string message, Exception? cause = null) : Exception(message, cause)
{
    /// <summary>The stream.</summary>
    public string StreamId { get; } = streamId;
}

/// <summary>The stream is not at the expected version: somebody else appended first.</summary>
/// <param name="streamId">The stream.</param>
/// <param name="expected">The version that was expected.</param>
public sealed class WrongExpectedVersionException(string streamId, long expected)
    : AppendFailedException(streamId, $"Stream {streamId} is not at version {expected}.")
{
    /// <summary>The version that was expected.</summary>
    public long Expected { get; } = expected;
}

/// <summary>A stream that should start exists already.</summary>
/// <param name="streamId">The stream.</param>
public sealed class StreamAlreadyExistsException(string streamId) : AppendFailedException(streamId, $"Stream {streamId} exists already.");

/// <summary>The stream is archived and takes no more events.</summary>
/// <param name="streamId">The stream.</param>
public sealed class StreamArchivedException(string streamId) : AppendFailedException(streamId, $"Stream {streamId} is archived.");

/// <summary>The idempotency key stands for another command: repeating the first one is safe, a second one takes a key of its own.</summary>
/// <param name="streamId">The stream.</param>
/// <param name="key">The key.</param>
public sealed class IdempotencyKeyReusedException(string streamId, string key)
    : AppendFailedException(streamId, "The idempotency key was used for another command.")
{
    /// <summary>The key.</summary>
    public string Key { get; } = key;

    /// <summary>Whether two commands are known and are not the same.</summary>
    internal static bool Differ(string? first, string? second) => first is not null && second is not null && !string.Equals(first, second, StringComparison.Ordinal);
}

/// <summary>Too many appends are waiting; nothing was written. Answer 503 with Retry-After.</summary>
/// <param name="streamId">The stream.</param>
public sealed class StoreOverloadedException(string streamId)
    : AppendFailedException(streamId, "Too many appends are waiting. Try again in a moment.");

/// <summary>The database could not be reached, or the stream was held by another transaction for too long; nothing was written. Answer 503.</summary>
/// <param name="streamId">The stream.</param>
/// <param name="cause">What went wrong.</param>
public sealed class StoreUnavailableException(string streamId, Exception? cause)
    : AppendFailedException(streamId, "The event store cannot be written to at the moment. Nothing was written.", cause);

/// <summary>
/// The connection broke before the database answered: the append may or may not have been committed. Repeat it with its idempotency key or its
/// expected version, which tell the two apart. Answer 503.
/// </summary>
/// <param name="streamId">The stream.</param>
/// <param name="cause">What went wrong.</param>
public sealed class AppendOutcomeUnknownException(string streamId, Exception cause)
    : Exception($"The connection broke while stream {streamId} was appended to; whether the events are stored is not known.", cause)
{
    /// <summary>The stream.</summary>
    public string StreamId { get; } = streamId;
}

/// <summary>A stored event cannot be turned into the type registered for its name, or its name is not registered. The reader stops there.</summary>
/// <param name="sequence">The <c>seq_id</c>.</param>
/// <param name="name">The stored name.</param>
/// <param name="cause">What went wrong; absent when the name is not registered.</param>
public sealed class UnreadableEventException(long sequence, string name, Exception? cause)
    : Exception($"Event {sequence} ({name}) cannot be read: {(cause is null ? "its name is not registered" : cause.Message)}", cause)
{
    /// <summary>The <c>seq_id</c>.</summary>
    public long Sequence { get; } = sequence;

    /// <summary>The stored name.</summary>
    public string Name { get; } = name;
}
