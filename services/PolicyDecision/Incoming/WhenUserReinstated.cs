using AccessGov.EventSourcing;
using AccessGov.Messaging;
using AccessGov.PolicyDecision.Users;
using V1 = AccessGov.Contracts.IdentityFederation.V1;

namespace AccessGov.PolicyDecision.Incoming;

/// <summary>IdentityFederation says that security lets somebody in again: what they hold counts again.</summary>
internal static class WhenUserReinstated
{
    public static Task Handle(V1.UserReinstated message, IEventStore store, MessageEnvelope envelope, CancellationToken cancellation) =>
        store.RunAsync(Suspension.Streams, message.UserId, Suspension.Reinstate, Told.By(message.ReinstatedBy, envelope), cancellation: cancellation);
}
