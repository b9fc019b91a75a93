using AccessGov.BreakGlass.EmergencyAccess;
using AccessGov.Contracts.IdentityFederation.V1;
using AccessGov.Messaging;

namespace AccessGov.BreakGlass.Incoming;

/// <summary>IdentityFederation says that security keeps somebody out: their emergency access is over, and does not come back with them.</summary>
internal static class WhenUserSuspended
{
    public static Task Handle(
        UserSuspended message, OpenCases open, CaseCommands cases, MessageEnvelope envelope, CancellationToken cancellation) =>
        EndsOfPerson.EndAsync(message.UserId, EndCauses.Suspended, message.SuspendedBy, open, cases, envelope, cancellation);
}
