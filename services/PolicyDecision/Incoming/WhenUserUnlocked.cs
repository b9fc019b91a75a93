using AccessGov.EventSourcing;
using AccessGov.Messaging;
using AccessGov.PolicyDecision.Users;
using V1 = AccessGov.Contracts.IdentityFederation.V1;

namespace AccessGov.PolicyDecision.Incoming;

/// <summary>IdentityFederation says that somebody's account is unlocked: what they hold counts again.</summary>
internal static class WhenUserUnlocked
{
    public static Task Handle(V1.UserUnlocked message, IEventStore store, MessageEnvelope envelope, CancellationToken cancellation) =>
        store.RunAsync(
            AccountLock.Streams, message.UserId, AccountLock.Open, Told.By(message.UnlockedBy, envelope), cancellation: cancellation);
}
