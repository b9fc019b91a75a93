using AccessGov.BreakGlass.EmergencyAccess;
using AccessGov.BreakGlass.Offline;
using AccessGov.Contracts.IdentityFederation.V1;
using AccessGov.Messaging;

namespace AccessGov.BreakGlass.Incoming;

/// <summary>IdentityFederation says that security keeps somebody out: their emergency access and what was promised
/// them is over, and does not come back with them.</summary>
internal static class WhenUserSuspended
{
    public static async Task Handle(
        UserSuspended message, OpenCases open, CaseCommands cases, RevokeCapability capabilities, MessageEnvelope envelope,
        CancellationToken cancellation)
    {
        await capabilities.RevokeAllAsync(message.UserId, EndCauses.Suspended, message.SuspendedBy, envelope, cancellation);
        await EndsOfPerson.EndAsync(message.UserId, EndCauses.Suspended, message.SuspendedBy, open, cases, envelope, cancellation);
    }
}
