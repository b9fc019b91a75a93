using AccessGov.EventSourcing;

namespace AccessGov.CommandEndpoints;

/// <summary>What a service keeps in memory and decides from: when commands may begin, and how long their answers wait until everybody knows of them.</summary>
public interface ICommandReach
{
    /// <summary>Why nothing may be commanded now, with a code of the group unavailable; null when it may.</summary>
    Refusal? Refused { get; }

    /// <summary>How long a command's answer waits for its position; after that it is given without.</summary>
    TimeSpan Patience { get; }

    /// <summary>Completes when nothing that decides is older than this position any more.</summary>
    /// <exception cref="OperationCanceledException">The wait was given up.</exception>
    Task ReachedAsync(long position, CancellationToken cancellation);
}
