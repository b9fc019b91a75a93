using AccessGov.EventSourcing;
using AccessGov.Messaging;
using AccessGov.Recertification.Campaigns;
using AccessGov.Recertification.Reviews;
using Npgsql;
using V1 = AccessGov.Contracts.Recertification.V1;

namespace AccessGov.Recertification;

/// <summary>
/// Domain event to contract. The messages and the subscription's progress commit together, so each event is published once, in order.
/// </summary>
internal sealed class Outgoing(IMessageBus bus, IEventStore store) : ISubscription
{
    public string Name => "OutgoingMessages";

    public async Task HandleAsync(IReadOnlyList<StoredEvent> batch, NpgsqlTransaction transaction, CancellationToken cancellation)
    {
        foreach (StoredEvent stored in batch)
        {
            if (await MessageOfAsync(stored, cancellation) is { } message)
            {
                await bus.PublishAsync(message, new PublishOptions(stored.StreamId, stored.Id), transaction, cancellation);
            }
        }
    }

    private async Task<object?> MessageOfAsync(StoredEvent stored, CancellationToken cancellation) => stored.Data switch
    {
        CampaignLaunched e => await LaunchedAsync(stored, e, cancellation),
        CampaignClosed e => new V1.CampaignClosed(Campaign.Streams.IdOf(stored.StreamId), e.At),
        ReviewItemDecided { Final: true } e => await DecidedAsync(stored, e, cancellation),
        _ => null,
    };

    private async Task<object> DecidedAsync(StoredEvent stored, ReviewItemDecided decided, CancellationToken cancellation)
    {
        var about = (ReviewItemOpened)(await store.LoadAsync(stored.StreamId, cancellation)).Events[0].Data;
        return decided.Verdict switch
        {
            Verdict.Keep => new V1.AccessCertified(about.Campaign, about.Grant, about.Person, about.Role, decided.By, decided.At),
            Verdict.Revoke => new V1.AccessRevocationDecided(about.Campaign, about.Grant, about.Person, about.Role, decided.By, decided.At),
            _ => new V1.AccessChangeDecided(
                about.Campaign, about.Grant, about.Person, decided.Role ?? about.Role, about.ReadOnly || decided.ReadOnly,
                decided.Until ?? about.Until, decided.By, decided.At),
        };
    }

    private async Task<V1.CampaignLaunched> LaunchedAsync(StoredEvent stored, CampaignLaunched launched, CancellationToken cancellation)
    {
        // The terms of the moment: the stream may be further already, and say a later deadline.
        EventStream stream = await store.LoadAsync(stored.StreamId, cancellation);
        var then = new EventStream(
            stream.StreamId, stored.Version, [.. stream.Events.Where(before => before.Version <= stored.Version)]);
        (_, CampaignTerms terms) = CampaignRows.Of(Campaign.Streams.Fold(then))!.Value;
        return new V1.CampaignLaunched(
            Campaign.Streams.IdOf(stored.StreamId), CampaignRows.Text(terms.Kind), terms.Starts, terms.Deadline, stored.Metadata.Actor,
            launched.At);
    }
}
