using AccessGov.EventSourcing;
using AccessGov.IdentityFederation.Tokens;

namespace AccessGov.IdentityFederation;

/// <summary>
/// What decides about organisations and people is read in the transaction of each command. Clients, keys and revocations are in memory:
/// a write is known when the memory of this process holds it; that of another one follows in the time that numbering takes.
/// </summary>
internal sealed class IssuanceReach(IEventStore store, IssuanceFollower issuance) : ICommandReach
{
    public Refusal? Refused => store.Started.IsCompletedSuccessfully ? null : Refusals.NotStarted;

    public TimeSpan Patience => TimeSpan.FromSeconds(5);

    public Task ReachedAsync(long position, CancellationToken cancellation) => issuance.ReachedAsync(position, cancellation);
}
