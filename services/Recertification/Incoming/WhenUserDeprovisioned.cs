using AccessGov.Contracts.IdentityFederation.V1;
using AccessGov.Recertification.Applying;

namespace AccessGov.Recertification.Incoming;

/// <summary>IdentityFederation says that somebody does not work here any more: nobody is asked what they still need.</summary>
internal static class WhenUserDeprovisioned
{
    public static Task Handle(UserDeprovisioned message, LeftPeople left, CancellationToken cancellation) =>
        left.LeftAsync(message.UserId, message.DeprovisionedAt, cancellation);
}
