using AccessGov.EventSourcing;
using AccessGov.Messaging;

namespace AccessGov.PolicyDecision.Incoming;

/// <summary>Who is behind an event that a message caused.</summary>
internal static class Told
{
    public static EventMetadata By(string? actor, MessageEnvelope envelope) => new(actor, envelope.TraceParent, envelope.Id.ToString(), envelope.Source);
}
