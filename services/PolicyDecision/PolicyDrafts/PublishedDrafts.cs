using AccessGov.EventSourcing;
using AccessGov.PolicyDecision.Policies;
using AccessGov.PolicyDecision.PolicyDrafts.Shadow;
using Npgsql;

namespace AccessGov.PolicyDecision.PolicyDrafts;

/// <summary>
/// The drafts' streams follow the policy sets' streams, also where whoever published was killed in between. A second time changes nothing.
/// </summary>
internal sealed class PublishedDrafts(IEventStore store, TimeProvider clock) : ISubscription
{
    public string Name => "PublishedDrafts";

    public async Task HandleAsync(IReadOnlyList<StoredEvent> batch, NpgsqlTransaction transaction, CancellationToken cancellation)
    {
        foreach (StoredEvent stored in batch)
        {
            if (stored.Data is PolicySetPublished { DraftId: { } draft } published)
            {
                await FollowAsync(store, draft, published, stored.Metadata, clock.GetUtcNow(), cancellation);
            }
        }
    }

    /// <summary>Says in the draft's stream that it is published, unless it is said there; answers the stream's version.</summary>
    public static async Task<long> FollowAsync(IEventStore store, string draft, PolicySetPublished published, EventMetadata by, DateTimeOffset now, CancellationToken cancellation) =>
        await store.RunAsync(PolicyDraft.Streams, draft, state => state is PolicyDraft.Open or PolicyDraft.Abandoned
                ? new PolicyDraftPublished(published.Version, published.Hash)
                : Outcome.NothingToDo<PolicyDraftEvent>(),
            by, alongside: ShadowTable.End(draft, now), cancellation: cancellation) switch
        {
            CommandResult<PolicyDraft>.Accepted accepted => accepted.Receipt.Version,
            CommandResult<PolicyDraft>.NothingToDo nothing => nothing.Version,
            var other => throw new InvalidOperationException($"{other.GetType().Name} cannot come of following."),
        };
}
