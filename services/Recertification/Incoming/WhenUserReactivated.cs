using AccessGov.Contracts.IdentityFederation.V1;
using AccessGov.Recertification.Applying;

namespace AccessGov.Recertification.Incoming;

/// <summary>IdentityFederation says that somebody who was away may sign in again: people are asked what they need.</summary>
internal static class WhenUserReactivated
{
    public static Task Handle(UserReactivated message, LeftPeople left, CancellationToken cancellation) =>
        left.BackAsync(message.UserId, cancellation);
}
