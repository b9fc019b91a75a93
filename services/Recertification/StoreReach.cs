using AccessGov.EventSourcing;

namespace AccessGov.Recertification;

/// <summary>
/// Commands begin when the store has started; what they write is read from the streams and in their transaction, so nobody is waited for.
/// </summary>
internal sealed class StoreReach(IEventStore store) : ICommandReach
{
    public Refusal? Refused => store.Started.IsCompletedSuccessfully ? null : Refusals.NotStarted;

    public TimeSpan Patience => TimeSpan.FromSeconds(2);

    public Task ReachedAsync(long position, CancellationToken cancellation) => Task.CompletedTask;
}
