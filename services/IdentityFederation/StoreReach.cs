using AccessGov.EventSourcing;

namespace AccessGov.IdentityFederation;

/// <summary>What decides here is read in the transaction of each command: a write is known as soon as it is committed and numbered.</summary>
internal sealed class StoreReach(IEventStore store) : ICommandReach
{
    public Refusal? Refused => store.Started.IsCompletedSuccessfully ? null : Refusals.NotStarted;

    public TimeSpan Patience => TimeSpan.FromSeconds(5);

    public Task ReachedAsync(long position, CancellationToken cancellation) => Task.CompletedTask;
}
