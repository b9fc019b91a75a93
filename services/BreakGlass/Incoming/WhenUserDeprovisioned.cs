using AccessGov.BreakGlass.EmergencyAccess;
using AccessGov.Contracts.IdentityFederation.V1;
using AccessGov.Messaging;

namespace AccessGov.BreakGlass.Incoming;

/// <summary>IdentityFederation says that somebody does not work here any more: their emergency access is over.</summary>
internal static class WhenUserDeprovisioned
{
    public static Task Handle(
        UserDeprovisioned message, OpenCases open, CaseCommands cases, MessageEnvelope envelope, CancellationToken cancellation) =>
        EndsOfPerson.EndAsync(message.UserId, EndCauses.Deprovisioned, message.DeprovisionedBy, open, cases, envelope, cancellation);
}
