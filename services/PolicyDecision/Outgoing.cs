using AccessGov.EventSourcing;
using AccessGov.Messaging;
using AccessGov.PolicyDecision.Grants;
using AccessGov.PolicyDecision.Policies;
using Npgsql;
using V1 = AccessGov.Contracts.PolicyDecision.V1;

namespace AccessGov.PolicyDecision;

/// <summary>
/// Domain event to contract. A subscription rather than a step of each command: an import appends thousands of events in few statements and its messages
/// must be as sure as any other. The messages and the subscription's progress commit together, so each event is published once, in order.
/// </summary>
internal sealed class Outgoing(IMessageBus bus) : ISubscription
{
    public string Name => "OutgoingMessages";

    /// <summary>The message of an event; null for what concerns nobody else.</summary>
    public static object? MessageOf(StoredEvent stored) => stored.Data switch
    {
        GrantGiven e => new V1.GrantGiven(
            Grant.Streams.IdOf(stored.StreamId), e.SubjectType, e.SubjectId, e.Role, e.ScopeKind.ToString().ToLowerInvariant(), e.ScopeId,
            e.From, e.Until, e.ReadOnly, stored.Metadata.Actor, stored.RecordedAt),
        GrantRevoked e => new V1.GrantRevoked(
            Grant.Streams.IdOf(stored.StreamId), e.SubjectType, e.SubjectId, e.Role, stored.Metadata.Actor, stored.RecordedAt),
        PolicySetPublished e => new V1.PolicySetPublished(
            PolicyVersions.Streams.IdOf(stored.StreamId), e.Version, e.Hash, RolledBack: false, stored.Metadata.Actor, stored.RecordedAt),
        PolicySetRolledBack e => new V1.PolicySetPublished(
            PolicyVersions.Streams.IdOf(stored.StreamId), e.Version, e.Hash, RolledBack: true, stored.Metadata.Actor, stored.RecordedAt),
        _ => null,
    };

    public async Task HandleAsync(IReadOnlyList<StoredEvent> batch, NpgsqlTransaction transaction, CancellationToken cancellation)
    {
        foreach (StoredEvent stored in batch)
        {
            if (MessageOf(stored) is { } message)
            {
                await bus.PublishAsync(message, new PublishOptions(stored.StreamId, stored.Id), transaction, cancellation);
            }
        }
    }
}
