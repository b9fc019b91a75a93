using AccessGov.EventSourcing;
using AccessGov.PolicyDecision.DutySeparations;
using AccessGov.PolicyDecision.Facts;
using AccessGov.PolicyDecision.Grants;
using Npgsql;

namespace AccessGov.PolicyDecision.AccessRequests;

/// <summary>
/// Every approved request has its grant, also where whoever approved was killed in between. The grant has the request's id, so a second time changes nothing.
/// </summary>
internal sealed class ApprovedAccess(IEventStore store, IFacts facts, TimeProvider clock) : ISubscription
{
    public string Name => "ApprovedAccess";

    /// <summary>The grant that an approval becomes.</summary>
    public static GiveGrant.Command GrantOf(string id, AccessRequest.Approved approved)
    {
        string reason = $"Access request {id}: {approved.Approval.Comment}";
        return new GiveGrant.Command(
            approved.Request.SubjectId, approved.Request.Role, new GiveGrant.Scope(GrantScopeKind.Patient, approved.Request.PatientId),
            reason[..Math.Min(GiveGrant.ReasonLengthMax, reason.Length)],
            approved.Request.SubjectType, approved.Approval.At, approved.Approval.Until);
    }

    public async Task HandleAsync(IReadOnlyList<StoredEvent> batch, NpgsqlTransaction transaction, CancellationToken cancellation)
    {
        foreach (StoredEvent stored in batch)
        {
            string id = stored.Data is AccessRequestApproved ? AccessRequest.Streams.IdOf(stored.StreamId) : "";
            if (id.Length > 0 && AccessRequest.Streams.Fold(await store.LoadAsync(stored.StreamId, cancellation)) is AccessRequest.Approved approved)
            {
                await GiveAsync(id, approved, stored, cancellation);
            }
        }
    }

    private async Task GiveAsync(string id, AccessRequest.Approved approved, StoredEvent cause, CancellationToken cancellation)
    {
        FactsSnapshot known = await facts.AtLeastAsync(cause.Position, cancellation);
        GiveGrant.Command command = GrantOf(id, approved);
        DateTimeOffset now = clock.GetUtcNow();
        try
        {
            await store.RunAsync<Grant, GrantEvent>(
                Grant.Streams.StreamId(id), Grant.Streams.Name, Grant.Streams.Initial, Grant.Streams.Evolve, state => GiveGrant.Decide(state, command, known, now),
                cause.Metadata, alongside: DutyClaim.Of(command, known, now), cancellation: cancellation);
        }
        catch (RefusedAlongsideException)
        {
            // Separated duties forbid the grant; whoever approved was told so.
        }
    }
}
