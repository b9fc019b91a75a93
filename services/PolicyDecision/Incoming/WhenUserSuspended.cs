using AccessGov.EventSourcing;
using AccessGov.Messaging;
using AccessGov.PolicyDecision.Users;
using V1 = AccessGov.Contracts.IdentityFederation.V1;

namespace AccessGov.PolicyDecision.Incoming;

/// <summary>IdentityFederation says that security keeps somebody out: from now on nothing is permitted to them, whatever they hold.</summary>
internal static class WhenUserSuspended
{
    public static Task Handle(V1.UserSuspended message, IEventStore store, MessageEnvelope envelope, CancellationToken cancellation) =>
        store.RunAsync(Suspension.Streams, message.UserId, state => Suspension.Suspend(state, message.Reason), Told.By(message.SuspendedBy, envelope), cancellation: cancellation);
}
