using AccessGov.EventSourcing;
using AccessGov.PolicyDecision.Facts;
using Npgsql;
using NpgsqlTypes;

namespace AccessGov.PolicyDecision.AccessRequests;

/// <summary>All access requests with what became of them: the queue of those who decide.</summary>
internal sealed class AccessRequestList(NpgsqlDataSource database) : ISubscription
{
    public const string CreateTable =
        """
        create table if not exists access_request_list (
            id text collate "C" primary key, subject_type text not null, subject_id text not null, action text not null, resource_type text not null,
            resource_id text not null, patient_id text not null, role text not null, approver text not null, evaluation_id uuid not null, client text not null,
            until_at timestamptz not null, decide_by timestamptz not null, justification text not null, requested_at timestamptz not null,
            outcome text, decided_by text, decided_at timestamptz, comment text);
        create index if not exists access_request_list_open on access_request_list (approver, id) where outcome is null;
        """;

    public string Name => "AccessRequestList";

    public sealed record Item(
        string Id, string SubjectType, string SubjectId, string Action, string ResourceType, string ResourceId, string PatientId, string Role, string Approver,
        Guid EvaluationId, string Client, DateTimeOffset Until, DateTimeOffset DecideBy, string Justification, DateTimeOffset RequestedAt, string Status,
        string? DecidedBy, DateTimeOffset? DecidedAt, string? Comment);

    public Task HandleAsync(IReadOnlyList<StoredEvent> batch, NpgsqlTransaction transaction, CancellationToken cancellation) =>
        ReadModelRows.ChangeAsync(batch, Change, transaction, cancellation);

    /// <summary>A page of requests in the order of their ids, which is the order of time.</summary>
    public async Task<IReadOnlyList<Item>> ReadAsync(string? status, string[]? approvers, DateTimeOffset now, Paging paging, CancellationToken cancellation)
    {
        await using NpgsqlCommand command = database.CreateCommand(
            """
            select * from (
                select id, subject_type, subject_id, action, resource_type, resource_id, patient_id, role, approver, evaluation_id, client, until_at, decide_by,
                       justification, requested_at, coalesce(outcome, case when $1 < decide_by then 'pending' else 'expired' end) as status,
                       decided_by, decided_at, comment
                from access_request_list
                where ($2::text[] is null or approver = any ($2)) and ($3::text is null or id > $3)) as listed
            where $4::text is null or status = $4
            order by id limit $5
            """);
        Array.ForEach<NpgsqlParameter>(
        [
            new() { Value = now.ToUniversalTime() },
            new() { Value = (object?)approvers ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text },
            ReadModelRows.Optional(paging.After, NpgsqlDbType.Text),
            ReadModelRows.Optional(status, NpgsqlDbType.Text),
            new() { Value = paging.Limit },
        ], parameter => command.Parameters.Add(parameter));
        return await ReadModelRows.ReadAsync(command, row => new Item(
            row.GetString(0), row.GetString(1), row.GetString(2), row.GetString(3), row.GetString(4), row.GetString(5), row.GetString(6), row.GetString(7),
            row.GetString(8), row.GetGuid(9), row.GetString(10), row.GetFieldValue<DateTimeOffset>(11), row.GetFieldValue<DateTimeOffset>(12), row.GetString(13),
            row.GetFieldValue<DateTimeOffset>(14), row.GetString(15), ReadModelRows.Text(row, 16), ReadModelRows.Instant(row, 17), ReadModelRows.Text(row, 18)), cancellation);
    }

    /// <summary>With <c>mine=true</c>, those that the caller has the role to decide.</summary>
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapGet("/access-requests", async (
            AccessRequestList list, IFacts facts, TimeProvider clock, HttpContext http, CancellationToken cancellation, string? status, bool? mine, int? limit, string? after) =>
            Paging.Of(limit, after) is { } paging
                ? Results.Ok(Paging.Page(
                    "accessRequests", paging, await list.ReadAsync(status, mine == true ? RolesOf(http, facts.Current, clock.GetUtcNow()) : null, clock.GetUtcNow(), paging, cancellation),
                    item => item.Id))
                : Commands.Refuse(Paging.Malformed))
        .RequireAuthorization("access-requests.decide").WithTags("Access requests");

    private static string[] RolesOf(HttpContext http, FactsSnapshot facts, DateTimeOffset now) =>
        [.. facts.Subjects.GetValueOrDefault(new SubjectKey("User", Caller.Person(http) ?? ""), SubjectFacts.None).Grants
            .Where(grant => !grant.ReadOnly && grant.IsActive(now)).Select(grant => grant.Role).Distinct(StringComparer.Ordinal)];

    private static NpgsqlBatchCommand? Change(StoredEvent stored)
    {
        string id = stored.Data is AccessRequestEvent ? AccessRequest.Streams.IdOf(stored.StreamId) : "";
        return stored.Data switch
        {
            AccessRequested e => ReadModelRows.Statement(
                """
                insert into access_request_list (id, subject_type, subject_id, action, resource_type, resource_id, patient_id, role, approver, evaluation_id, client,
                    until_at, decide_by, justification, requested_at)
                values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15) on conflict (id) do nothing
                """,
                id, e.SubjectType, e.SubjectId, e.Action, e.ResourceType, e.ResourceId, e.PatientId, e.Role, e.Approver, e.EvaluationId, e.Client,
                e.Until.ToUniversalTime(), e.DecideBy.ToUniversalTime(), e.Justification, stored.RecordedAt.ToUniversalTime()),
            AccessRequestApproved e => Ended(id, "approved", stored, e.Comment),

            // By whom and when it was approved stays; the comment says what became of it.
            AccessRequestFailed e => ReadModelRows.Statement("update access_request_list set outcome = 'failed', comment = $2 where id = $1", id, e.Sentence),
            AccessRequestDenied e => Ended(id, "denied", stored, e.Comment),
            AccessRequestCancelled => Ended(id, "cancelled", stored, null),

            // Other streams' events are not of this list.
            _ => null,
        };
    }

    private static NpgsqlBatchCommand Ended(string id, string outcome, StoredEvent stored, string? comment) => ReadModelRows.Statement(
        "update access_request_list set outcome = $2, decided_by = $3, decided_at = $4, comment = $5 where id = $1",
        id, outcome, stored.Metadata.Actor, stored.RecordedAt.ToUniversalTime(), comment);
}
