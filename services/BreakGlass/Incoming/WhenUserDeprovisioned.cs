using AccessGov.BreakGlass.EmergencyAccess;
using AccessGov.BreakGlass.Offline;
using AccessGov.Contracts.IdentityFederation.V1;
using AccessGov.Messaging;

namespace AccessGov.BreakGlass.Incoming;

/// <summary>IdentityFederation says that somebody does not work here any more: their emergency access is over, and what was promised them.</summary>
internal static class WhenUserDeprovisioned
{
    public static async Task Handle(
        UserDeprovisioned message, OpenCases open, CaseCommands cases, RevokeCapability capabilities, MessageEnvelope envelope,
        CancellationToken cancellation)
    {
        await capabilities.RevokeAllAsync(message.UserId, EndCauses.Deprovisioned, message.DeprovisionedBy, envelope, cancellation);
        await EndsOfPerson.EndAsync(message.UserId, EndCauses.Deprovisioned, message.DeprovisionedBy, open, cases, envelope, cancellation);
    }
}
