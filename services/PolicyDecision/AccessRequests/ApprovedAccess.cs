using AccessGov.EventSourcing;
using AccessGov.PolicyDecision.Facts;
using Npgsql;

namespace AccessGov.PolicyDecision.AccessRequests;

/// <summary>Every approved request has its grant or has failed, also where whoever approved was killed in between.</summary>
internal sealed class ApprovedAccess(IFacts facts, GiveApprovedAccess give) : ISubscription
{
    public string Name => "ApprovedAccess";

    public async Task HandleAsync(IReadOnlyList<StoredEvent> batch, NpgsqlTransaction transaction, CancellationToken cancellation)
    {
        foreach (StoredEvent stored in batch)
        {
            if (stored.Data is AccessRequestApproved)
            {
                FactsSnapshot known = await facts.AtLeastAsync(stored.Position, cancellation);
                await give.GiveAsync(AccessRequest.Streams.IdOf(stored.StreamId), known, stored.Metadata, cancellation);
            }
        }
    }
}
