namespace AccessGov.EventSourcing;

/// <summary>An append was not carried out, and nothing was written.</summary>
/// <param name="streamId">The stream.</param>
/// <param name="message">What was wrong.</param>
public abstract class AppendFailedException(string streamId, string message) : Exception(message)
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

/// <summary>Too many appends are waiting; nothing was written. Answer 503 with Retry-After.</summary>
/// <param name="streamId">The stream.</param>
public sealed class StoreOverloadedException(string streamId)
    : AppendFailedException(streamId, "Too many appends are waiting. Try again in a moment.");
