using AccessGov.EventSourcing;
using AccessGov.PolicyDecision.Facts;
using Npgsql;
using NpgsqlTypes;

namespace AccessGov.PolicyDecision.Grants;

/// <summary>All grants that were ever given, with who gave them and who took them back: for people, never for decisions.</summary>
internal sealed class GrantList(NpgsqlDataSource database) : ISubscription
{
    public const string CreateTable =
        """
        create table if not exists grant_list (
            id text collate "C" primary key, subject_type text not null, subject_id text not null, role text not null, scope_kind text not null, scope_id text,
            from_at timestamptz not null, until_at timestamptz, read_only boolean not null, reason text not null, given_by text, given_at timestamptz not null,
            revoked_by text, revoked_at timestamptz, revoked_reason text);
        alter table grant_list add column if not exists by_groups boolean not null default false;
        alter table grant_list add column if not exists by_emergency boolean not null default false;
        create index if not exists grant_list_by_subject on grant_list (subject_id, id);
        create index if not exists grant_list_by_role on grant_list (role, id);
        """;

    public string Name => "GrantList";

    public sealed record Scope(string Kind, string? Id);

    public sealed record Item(
        string Id, string SubjectType, string SubjectId, string Role, Scope Scope, DateTimeOffset From, DateTimeOffset? Until, bool ReadOnly, string Reason,
        string? GivenBy, DateTimeOffset GivenAt, bool Active, string? RevokedBy, DateTimeOffset? RevokedAt, string? RevokedReason,
        bool ByGroups);

    public Task HandleAsync(IReadOnlyList<StoredEvent> batch, NpgsqlTransaction transaction, CancellationToken cancellation) =>
        ReadModelRows.ChangeAsync(batch, Change, transaction, cancellation);

    /// <summary>A page of grants in the order of their ids, which is the order of time.</summary>
    public async Task<IReadOnlyList<Item>> ReadAsync(
        string? subject, string? role, bool? active, IReadOnlyCollection<string> retiredRoles, DateTimeOffset now, Paging paging, CancellationToken cancellation)
    {
        await using NpgsqlCommand command = database.CreateCommand(
            """
            select * from (
                select id, subject_type, subject_id, role, scope_kind, scope_id, from_at, until_at, read_only, reason, given_by, given_at, revoked_by, revoked_at,
                       revoked_reason, revoked_at is null and from_at <= $4 and (until_at is null or $4 < until_at) and role <> all ($5) as active, by_groups
                from grant_list
                where ($1::text is null or subject_id = $1) and ($2::text is null or role = $2) and ($6::text is null or id > $6)) as listed
            where $3::boolean is null or active = $3
            order by id limit $7
            """);
        Array.ForEach<NpgsqlParameter>(
        [
            ReadModelRows.Optional(subject, NpgsqlDbType.Text),
            ReadModelRows.Optional(role, NpgsqlDbType.Text),
            ReadModelRows.Optional(active, NpgsqlDbType.Boolean),
            new() { Value = now.ToUniversalTime() },
            new() { Value = retiredRoles.ToArray() },
            ReadModelRows.Optional(paging.After, NpgsqlDbType.Text),
            new() { Value = paging.Limit },
        ], parameter => command.Parameters.Add(parameter));
        return await ReadModelRows.ReadAsync(command, row => new Item(
            row.GetString(0), row.GetString(1), row.GetString(2), row.GetString(3), new Scope(row.GetString(4), ReadModelRows.Text(row, 5)),
            row.GetFieldValue<DateTimeOffset>(6), ReadModelRows.Instant(row, 7), row.GetBoolean(8), row.GetString(9), ReadModelRows.Text(row, 10),
            row.GetFieldValue<DateTimeOffset>(11), row.GetBoolean(15), ReadModelRows.Text(row, 12), ReadModelRows.Instant(row, 13), ReadModelRows.Text(row, 14),
            row.GetBoolean(16)), cancellation);
    }

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapGet("/grants", async (
            GrantList list, IFacts facts, TimeProvider clock, CancellationToken cancellation, string? subject, string? role, bool? active, int? limit, string? after) =>
            Paging.Of(limit, after) is { } paging
                ? Results.Ok(Paging.Page("grants", paging, await list.ReadAsync(
                    subject, role, active, facts.Current.RetiredRoles, clock.GetUtcNow(), paging, cancellation), item => item.Id))
                : Commands.Refuse(Paging.Malformed))
        .RequireAuthorization("facts.read");

    private static NpgsqlBatchCommand? Change(StoredEvent stored)
    {
        switch (stored.Data)
        {
            case GrantGiven e:
                return ReadModelRows.Statement(
                    """
                    insert into grant_list (id, subject_type, subject_id, role, scope_kind, scope_id, from_at, until_at, read_only, reason, given_by, given_at,
                        by_groups, by_emergency)
                    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) on conflict (id) do nothing
                    """,
                    Grant.Streams.IdOf(stored.StreamId), e.SubjectType, e.SubjectId, e.Role, e.ScopeKind.ToString().ToLowerInvariant(), e.ScopeId,
                    e.From.ToUniversalTime(), e.Until?.ToUniversalTime(), e.ReadOnly, e.Reason, stored.Metadata.Actor, stored.RecordedAt.ToUniversalTime(),
                    e.ByGroups, e.ByEmergency);
            case GrantRevoked e:
                return ReadModelRows.Statement(
                    "update grant_list set revoked_by = $2, revoked_at = $3, revoked_reason = $4 where id = $1",
                    Grant.Streams.IdOf(stored.StreamId), stored.Metadata.Actor, stored.RecordedAt.ToUniversalTime(), e.Reason);
            default:
                // Other streams' events are not of this list.
                return null;
        }
    }
}
