using AccessGov.Contracts.IdentityFederation.V1;
using AccessGov.Recertification.Applying;

namespace AccessGov.Recertification.Incoming;

/// <summary>IdentityFederation says that somebody works here: people are asked what they need, also where they had left before.</summary>
internal static class WhenUserProvisioned
{
    public static Task Handle(UserProvisioned message, LeftPeople left, CancellationToken cancellation) =>
        left.BackAsync(message.UserId, cancellation);
}
