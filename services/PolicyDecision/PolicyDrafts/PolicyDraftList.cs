using AccessGov.EventSourcing;
using Npgsql;
using NpgsqlTypes;

namespace AccessGov.PolicyDecision.PolicyDrafts;

/// <summary>All drafts, for people: where each of them stands.</summary>
internal sealed class PolicyDraftList(NpgsqlDataSource database) : ISubscription
{
    public const string CreateTable =
        """
        create table if not exists policy_draft_list (
            id text collate "C" primary key, policy_set text not null, base_version int not null, hash text not null, comment text not null,
            written_by text not null, written_at timestamptz not null, check_passed boolean, approved_by text, abandoned boolean not null default false,
            published_version int);
        """;

    public string Name => "PolicyDraftList";

    public sealed record Item(
        string Id, string PolicySet, string State, int BaseVersion, string Hash, string Comment, string WrittenBy, DateTimeOffset WrittenAt, bool? CheckPassed,
        string? ApprovedBy, int? PublishedVersion);

    public Task HandleAsync(IReadOnlyList<StoredEvent> batch, NpgsqlTransaction transaction, CancellationToken cancellation) =>
        ReadModelRows.ChangeAsync(batch, Change, transaction, cancellation);

    /// <summary>A page of drafts in the order of their ids, which is the order of time.</summary>
    public async Task<IReadOnlyList<Item>> ReadAsync(string? state, Paging paging, CancellationToken cancellation)
    {
        await using NpgsqlCommand command = database.CreateCommand(
            """
            select * from (
                select id, policy_set, case when published_version is not null then 'published' when abandoned then 'abandoned' else 'open' end as state,
                       base_version, hash, comment, written_by, written_at, check_passed, approved_by, published_version
                from policy_draft_list where $2::text is null or id > $2) as listed
            where $1::text is null or state = $1
            order by id limit $3
            """);
        command.Parameters.Add(ReadModelRows.Optional(state, NpgsqlDbType.Text));
        command.Parameters.Add(ReadModelRows.Optional(paging.After, NpgsqlDbType.Text));
        command.Parameters.Add(new NpgsqlParameter { Value = paging.Limit });
        return await ReadModelRows.ReadAsync(command, row => new Item(
            row.GetString(0), row.GetString(1), row.GetString(2), row.GetInt32(3), row.GetString(4), row.GetString(5), row.GetString(6),
            row.GetFieldValue<DateTimeOffset>(7), row.IsDBNull(8) ? null : row.GetBoolean(8), ReadModelRows.Text(row, 9), row.IsDBNull(10) ? null : row.GetInt32(10)), cancellation);
    }

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapGet("/policy-drafts", async (PolicyDraftList list, CancellationToken cancellation, string? state, int? limit, string? after) =>
            Paging.Of(limit, after) is { } paging
                ? Results.Ok(Paging.Page("drafts", paging, await list.ReadAsync(state, paging, cancellation), item => item.Id))
                : Commands.Refuse(Paging.Malformed))
        .RequireAuthorization("facts.read");

    private static NpgsqlBatchCommand? Change(StoredEvent stored) => stored.Data is PolicyDraftEvent draft ? Change(PolicyDraft.Streams.IdOf(stored.StreamId), draft, stored.RecordedAt) : null;

    private static NpgsqlBatchCommand? Change(string id, PolicyDraftEvent draft, DateTimeOffset at) => draft switch
    {
        PolicyDraftWritten e => ReadModelRows.Statement(
            """
            insert into policy_draft_list (id, policy_set, base_version, hash, comment, written_by, written_at) values ($1, $2, $3, $4, $5, $6, $7)
            on conflict (id) do nothing
            """,
            id, e.PolicySet, e.BaseVersion, e.Hash, e.Comment, e.By, at.ToUniversalTime()),
        PolicyDraftRewritten e => ReadModelRows.Statement(
            """
            update policy_draft_list set base_version = $2, hash = $3, comment = $4, written_by = $5, written_at = $6, check_passed = null, approved_by = null
            where id = $1
            """,
            id, e.BaseVersion, e.Hash, e.Comment, e.By, at.ToUniversalTime()),
        PolicyDraftChecked e => ReadModelRows.Statement("update policy_draft_list set check_passed = $2 where id = $1 and hash = $3", id, e.Passed, e.Hash),
        PolicyDraftApproved e => ReadModelRows.Statement("update policy_draft_list set approved_by = $2 where id = $1 and hash = $3", id, e.By, e.Hash),
        PolicyDraftAbandoned => ReadModelRows.Statement("update policy_draft_list set abandoned = true where id = $1", id),
        PolicyDraftPublished e => ReadModelRows.Statement("update policy_draft_list set published_version = $2 where id = $1", id, e.Version),
        _ => null,
    };
}
