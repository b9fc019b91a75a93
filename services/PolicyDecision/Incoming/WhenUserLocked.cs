using AccessGov.EventSourcing;
using AccessGov.Messaging;
using AccessGov.PolicyDecision.Users;
using V1 = AccessGov.Contracts.IdentityFederation.V1;

namespace AccessGov.PolicyDecision.Incoming;

/// <summary>
/// IdentityFederation says that somebody's account is locked: from now on nothing is permitted to them, and they keep what they hold.
/// </summary>
internal static class WhenUserLocked
{
    public static Task Handle(V1.UserLocked message, IEventStore store, MessageEnvelope envelope, CancellationToken cancellation) =>
        store.RunAsync(
            AccountLock.Streams, message.UserId, state => AccountLock.Close(state, message.Reason), Told.By(message.LockedBy, envelope),
            cancellation: cancellation);
}
