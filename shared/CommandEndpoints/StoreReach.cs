using AccessGov.EventSourcing;

namespace AccessGov.CommandEndpoints;

/// <summary>
/// The reach of a service that keeps nothing in memory to decide from: commands begin when the store has started; what they write is read from
/// the streams and in their transaction, so nobody is waited for. Thread-safe.
/// </summary>
/// <param name="store">The service's store.</param>
public sealed class StoreReach(IEventStore store) : ICommandReach
{
    private static readonly Refusal NotStarted =
        new("store_not_started", "The service is not connected to its database yet: try again in a moment.");

    /// <inheritdoc/>
    public Refusal? Refused => store.Started.IsCompletedSuccessfully ? null : NotStarted;

    /// <inheritdoc/>
    public TimeSpan Patience => TimeSpan.FromSeconds(2);

    /// <inheritdoc/>
    public Task ReachedAsync(long position, CancellationToken cancellation) => Task.CompletedTask;
}
