using AccessGov.EventSourcing;
using AccessGov.Messaging;
using AccessGov.PolicyDecision.Users;
using V1 = AccessGov.Contracts.IdentityFederation.V1;

namespace AccessGov.PolicyDecision.Incoming;

/// <summary>IdentityFederation says that somebody works here again. Their grants have ended; what they are given from now on counts.</summary>
internal static class WhenUserReactivated
{
    public static Task Handle(V1.UserReactivated message, IEventStore store, MessageEnvelope envelope, CancellationToken cancellation) =>
        store.RunAsync(Departure.Streams, message.UserId, Departure.Return, Told.By(message.ReactivatedBy, envelope), cancellation: cancellation);
}
