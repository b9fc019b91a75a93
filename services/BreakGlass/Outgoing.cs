using AccessGov.BreakGlass.EmergencyAccess;
using AccessGov.EventSourcing;
using AccessGov.Messaging;
using Npgsql;
using V1 = AccessGov.Contracts.BreakGlass.V1;

namespace AccessGov.BreakGlass;

/// <summary>
/// Domain event to contract. The messages and the subscription's progress commit together, so each event is published once, in order.
/// </summary>
internal sealed class Outgoing(IMessageBus bus, IEventStore store) : ISubscription
{
    public string Name => "OutgoingMessages";

    /// <summary>The message of an event; null for what concerns nobody else.</summary>
    /// <param name="stored">The event.</param>
    /// <param name="invoked">How its stream began.</param>
    public static object? MessageOf(StoredEvent stored, EmergencyAccessInvoked invoked)
    {
        string id = EmergencyGrant.Streams.IdOf(stored.StreamId);
        return stored.Data switch
        {
            EmergencyAccessInvoked e when !GivesGrant(e) => null,
            EmergencyAccessInvoked e =>
                new V1.EmergencyAccessInvoked(id, e.Person, e.Patient, e.Study, e.Role, e.ReasonCode, e.Practice, e.At, e.Until),
            EmergencyAccessEnded e =>
                new V1.EmergencyAccessEnded(id, invoked.Person, e.Cause, invoked.Practice, stored.Metadata.Actor, e.At),
            EmergencyAccessReviewed e => new V1.EmergencyAccessReviewed(
                id, invoked.Person, e.Verdict.ToString().ToLowerInvariant(), e.Late, invoked.Practice, e.Reviewer, e.At),
            EmergencyReviewOverdue e => new V1.EmergencyReviewOverdue(id, invoked.Person, invoked.Practice, e.DueAt, e.At),
            _ => null,
        };
    }

    /// <summary>
    /// What was taken at an edge gives a grant here where it is known whose it is, nothing was wrong with it, and it is not over: then
    /// PolicyDecision opens what the edge does, and keeps out whom the edge cannot know to be kept out.
    /// </summary>
    private static bool GivesGrant(EmergencyAccessInvoked e) =>
        e.Offline is null || (e.Offline is { Station: null, Faults.Count: 0, ReceivedAt: var received } && received < e.Until);

    public async Task HandleAsync(IReadOnlyList<StoredEvent> batch, NpgsqlTransaction transaction, CancellationToken cancellation)
    {
        foreach (StoredEvent stored in batch.Where(stored => stored.Data is EmergencyGrantEvent and not EmergencyImagesOpenedOffline))
        {
            EmergencyAccessInvoked invoked = stored.Data as EmergencyAccessInvoked
                ?? (EmergencyAccessInvoked)(await store.LoadAsync(stored.StreamId, cancellation)).Events[0].Data;
            if (MessageOf(stored, invoked) is { } message)
            {
                await bus.PublishAsync(message, new PublishOptions(stored.StreamId, stored.Id), transaction, cancellation);
            }
        }
    }
}
