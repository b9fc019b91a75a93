using AccessGov.EventSourcing;
using AccessGov.PolicyDecision.Facts;
using Npgsql;

namespace AccessGov.PolicyDecision.AccessRequests;

/// <summary>Every approved request has its grant or has failed, also where whoever approved was killed in between.</summary>
internal sealed class ApprovedAccess(IEventStore store, IFacts facts, GiveApprovedAccess give) : ISubscription
{
    public string Name => "ApprovedAccess";

    public async Task HandleAsync(IReadOnlyList<StoredEvent> batch, NpgsqlTransaction transaction, CancellationToken cancellation)
    {
        foreach (StoredEvent stored in batch)
        {
            string id = stored.Data is AccessRequestApproved ? AccessRequest.Streams.IdOf(stored.StreamId) : "";
            if (id.Length > 0 && AccessRequest.Streams.Fold(await store.LoadAsync(stored.StreamId, cancellation)) is AccessRequest.Approved approved)
            {
                await give.GiveAsync(id, approved, await facts.AtLeastAsync(stored.Position, cancellation), stored.Metadata, cancellation);
            }
        }
    }
}
