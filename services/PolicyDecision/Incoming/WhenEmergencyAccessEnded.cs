using AccessGov.Contracts.BreakGlass.V1;
using AccessGov.EventSourcing;
using AccessGov.Messaging;
using AccessGov.PolicyDecision.Grants;

namespace AccessGov.PolicyDecision.Incoming;

/// <summary>BreakGlass says that an emergency access is over: its grant ends, also where it had run out by itself.</summary>
internal static class WhenEmergencyAccessEnded
{
    public static Task Handle(
        EmergencyAccessEnded message, UnattendedCommands unattended, MessageEnvelope envelope, CancellationToken cancellation) =>
        unattended.RunAsync(
            Grant.Streams, message.CaseId, state => RevokeGrant.End(state, $"The emergency access is over: {message.Cause}."),
            Told.By(message.EndedBy, envelope), null, cancellation);
}
