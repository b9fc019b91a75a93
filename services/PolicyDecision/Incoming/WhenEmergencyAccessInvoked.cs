using AccessGov.Contracts.BreakGlass.V1;
using AccessGov.EventSourcing;
using AccessGov.Messaging;
using AccessGov.PolicyDecision.EmergencyAccess;
using AccessGov.PolicyDecision.Facts;
using AccessGov.PolicyDecision.Grants;
using V1 = AccessGov.Contracts.PolicyDecision.V1;

namespace AccessGov.PolicyDecision.Incoming;

/// <summary>
/// BreakGlass says that somebody took a patient's images in an emergency: they are granted the role for the patient, read only, until it
/// is over. Told again it is the same grant.
/// </summary>
internal static class WhenEmergencyAccessInvoked
{
    public static async Task<OutgoingMessage?> Handle(
        EmergencyAccessInvoked message, IFacts facts, UnattendedCommands unattended, TimeProvider clock, MessageEnvelope envelope,
        CancellationToken cancellation)
    {
        // Thrown, not refused: in a moment the facts are there, and nobody waits for longer than that.
        FactsSnapshot known = facts.IsReady ? facts.Current : throw new InvalidOperationException("The facts have not been read yet.");
        Refusal? refused = await unattended.RunAsync(
            Grant.Streams, message.CaseId, state => EmergencyGrant.Decide(state, message, known), Told.By(message.UserId, envelope), null,
            cancellation);
        return refused is null
            ? null
            : new OutgoingMessage(new V1.EmergencyGrantRefused(message.CaseId, refused.Code, refused.Sentence, clock.GetUtcNow()));
    }
}
