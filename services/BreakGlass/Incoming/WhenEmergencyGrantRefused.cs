using AccessGov.BreakGlass.EmergencyAccess;
using AccessGov.Contracts.PolicyDecision.V1;
using AccessGov.EventSourcing;
using AccessGov.Messaging;

namespace AccessGov.BreakGlass.Incoming;

/// <summary>PolicyDecision could not give what was promised: what has changed since it was asked stands against it.</summary>
internal static class WhenEmergencyGrantRefused
{
    public static async Task Handle(
        EmergencyGrantRefused message, CaseCommands cases, MessageEnvelope envelope, CancellationToken cancellation) =>
        await cases.RunAsync(
            new EventMetadata(null, envelope.TraceParent, envelope.Id.ToString(), envelope.Source), message.CaseId,
            state => EndEmergencyAccess.End(state, EndCauses.Refused, message.Sentence, cases.Now), cancellation);
}
