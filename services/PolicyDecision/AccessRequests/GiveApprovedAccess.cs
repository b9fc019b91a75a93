using AccessGov.EventSourcing;
using AccessGov.PolicyDecision.DutySeparations;
using AccessGov.PolicyDecision.Facts;
using AccessGov.PolicyDecision.Grants;
using Npgsql;

namespace AccessGov.PolicyDecision.AccessRequests;

/// <summary>Makes an approval a grant. It has the request's id, so a second time changes nothing; where it is refused, the request has failed, for good.</summary>
internal sealed class GiveApprovedAccess(IEventStore store, TimeProvider clock)
{
    /// <param name="Refusal">Why there is no grant; null when there is.</param>
    /// <param name="Receipt">Of what says so.</param>
    public readonly record struct Result(Refusal? Refusal, AppendReceipt? Receipt);

    /// <summary>Why the grant of an approval would be refused, as far as the facts tell; null when it would not be.</summary>
    public static Refusal? Foreseen(AccessRequested request, AccessRequestApproved approval, FactsSnapshot facts, DateTimeOffset now)
    {
        string id = request.EvaluationId.ToString();
        GiveGrant.Command grant = GrantOf(id, request, approval);
        return GiveGrant.Decide(new Grant.NotGiven(), grant, facts, now) is Outcome<GrantEvent>.Refused { Reason: var reason } ? reason : DutyClaim.Foreseen(grant, id, facts, now);
    }

    /// <summary>Gives the grant of a request that was approved; for any other there is nothing to do.</summary>
    public async Task<Result> GiveAsync(string id, FactsSnapshot known, EventMetadata metadata, CancellationToken cancellation) =>
        AccessRequest.Streams.Fold(await store.LoadAsync(AccessRequest.Streams.StreamId(id), cancellation)) switch
        {
            AccessRequest.Approved approved => await GiveAsync(id, approved, known, metadata, cancellation),
            AccessRequest.Failed { Failure: var failure } => new Result(new Refusal(failure.Code, failure.Sentence), null),
            _ => default,
        };

    private async Task<Result> GiveAsync(string id, AccessRequest.Approved approved, FactsSnapshot known, EventMetadata metadata, CancellationToken cancellation)
    {
        GiveGrant.Command grant = GrantOf(id, approved.Request, approved.Approval);
        DateTimeOffset now = clock.GetUtcNow();
        Alongside? duties = DutyClaim.Of(grant, known, now);
        try
        {
            return await store.RunAsync(Grant.Streams, id, state => state is Grant.NotGiven ? GiveGrant.Decide(state, grant, known, now) : Outcome.NothingToDo<GrantEvent>(),
                metadata, alongside: Unless(id, AccessRequest.Streams.StreamId(id), "access_request_failed", duties), cancellation: cancellation) switch
            {
                CommandResult<Grant>.Accepted { Receipt: var given } => new Result(null, given),
                CommandResult<Grant>.NothingToDo { Last: var given } => new Result(null, given),
                CommandResult<Grant>.Refused { Reason: var reason } => await FailAsync(id, reason, metadata, cancellation),
                var other => throw new InvalidOperationException($"{other.GetType().Name} is not a known result of a command."),
            };
        }
        catch (RefusedAlongsideException e)
        {
            return await FailAsync(id, e.Refusal, metadata, cancellation);
        }
    }

    private async Task<Result> FailAsync(string id, Refusal refusal, EventMetadata metadata, CancellationToken cancellation)
    {
        try
        {
            return await store.RunAsync(AccessRequest.Streams, id, state => state is AccessRequest.Approved ? new AccessRequestFailed(refusal.Code, refusal.Sentence) : Outcome.NothingToDo<AccessRequestEvent>(),
                metadata, alongside: Unless(id, Grant.Streams.StreamId(id), "grant_given", null), cancellation: cancellation) switch
            {
                CommandResult<AccessRequest>.Accepted { Receipt: var failed } => new Result(refusal, failed),
                CommandResult<AccessRequest>.NothingToDo { State: AccessRequest.Failed { Failure: var failure }, Last: var failed } => new Result(new Refusal(failure.Code, failure.Sentence), failed),
                var other => throw new InvalidOperationException($"{other.GetType().Name} is not a known result of a failing request."),
            };
        }
        catch (RefusedAlongsideException)
        {
            // Somebody who knew older facts has just given it: then the request has not failed.
            return new Result(null, null);
        }
    }

    private static GiveGrant.Command GrantOf(string id, AccessRequested request, AccessRequestApproved approval)
    {
        string reason = $"Access request {id}: {approval.Comment}";
        return new GiveGrant.Command(
            request.SubjectId, request.Role, new GiveGrant.Scope(GrantScopeKind.Patient, request.PatientId), reason[..Math.Min(GiveGrant.ReasonLengthMax, reason.Length)],
            request.SubjectType, approval.At, approval.Until);
    }

    /// <summary>Of the grant and the failure only one is written: whoever comes second waits for the first, finds its event, and writes nothing.</summary>
    private static Alongside Unless(string id, string streamId, string type, Alongside? then) => async (transaction, receipt, cancellation) =>
    {
        await using (var hold = new NpgsqlCommand("select pg_advisory_xact_lock(hashtextextended($1, 5))", transaction.Connection, transaction))
        {
            hold.Parameters.AddWithValue($"approved access {id}");
            await hold.ExecuteNonQueryAsync(cancellation);
        }

        await using var written = new NpgsqlCommand("select exists (select from mt_events where stream_id = $1 and type = $2)", transaction.Connection, transaction);
        written.Parameters.AddWithValue(streamId);
        written.Parameters.AddWithValue(type);
        if (await written.ExecuteScalarAsync(cancellation) is true)
        {
            throw new RefusedAlongsideException(new Refusal("access_request_over", "What becomes of the request is settled already: read it again."));
        }

        await (then?.Invoke(transaction, receipt, cancellation) ?? Task.CompletedTask);
    };
}
