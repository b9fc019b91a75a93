using Npgsql;
using NpgsqlTypes;

namespace AccessGov.PolicyDecision.Grants;

/// <summary>
/// What people's groups give and the rules of grants refuse, until they do not any more: for people who look after roles and groups.
/// </summary>
internal sealed class RefusedGrants(NpgsqlDataSource database)
{
    public const string CreateTable =
        """
        create table if not exists grant_refused (
            id text collate "C" primary key, subject_id text collate "C" not null, role text not null,
            scope_kind text not null, scope_id text,
            code text not null, sentence text not null, told_at timestamptz not null);
        create index if not exists grant_refused_by_subject on grant_refused (subject_id, id);
        create table if not exists group_roles_told (subject_id text collate "C" primary key, told_at timestamptz not null);
        """;

    /// <param name="Id">The grant that it would be.</param>
    /// <param name="Code">Why it is refused.</param>
    /// <param name="Sentence">Why, in words.</param>
    /// <param name="ToldAt">Since when the groups say so.</param>
    public sealed record Item(
        string Id, string SubjectId, string Role, GrantList.Scope Scope, string Code, string Sentence, DateTimeOffset ToldAt);

    /// <summary>
    /// Whether nothing later was heard of somebody's groups; remembers the instant, so that what is older has no effect from now on.
    /// </summary>
    public static async Task<bool> IsNewestAsync(
        string subject, DateTimeOffset toldAt, NpgsqlTransaction transaction, CancellationToken cancellation)
    {
        await using var remember = new NpgsqlCommand(
            """
            insert into group_roles_told (subject_id, told_at) values ($1, $2)
            on conflict (subject_id) do update set told_at = excluded.told_at where group_roles_told.told_at <= excluded.told_at
            """, transaction.Connection, transaction)
        {
            Parameters = { new() { Value = subject }, new() { Value = toldAt.ToUniversalTime() } },
        };
        return await remember.ExecuteNonQueryAsync(cancellation) == 1;
    }

    /// <summary>Says what of somebody is refused now; what was refused before and is not among it is forgotten.</summary>
    public static async Task ReplaceAsync(
        string subject, IReadOnlyList<Item> refused, NpgsqlTransaction transaction, CancellationToken cancellation)
    {
        await using var statements = new NpgsqlBatch(transaction.Connection, transaction)
        {
            BatchCommands = { ReadModelRows.Statement("delete from grant_refused where subject_id = $1", subject) },
        };
        foreach (Item one in refused)
        {
            NpgsqlBatchCommand insert = ReadModelRows.Statement(
                """
                insert into grant_refused (id, subject_id, role, scope_kind, code, sentence, told_at, scope_id)
                values ($1, $2, $3, $4, $5, $6, $7, $8)
                """, one.Id, subject, one.Role, one.Scope.Kind, one.Code, one.Sentence, one.ToldAt.ToUniversalTime());
            insert.Parameters.Add(ReadModelRows.Optional(one.Scope.Id, NpgsqlDbType.Text));
            statements.BatchCommands.Add(insert);
        }

        await statements.ExecuteNonQueryAsync(cancellation);
    }

    /// <summary>A page of what is refused, of one person or of all.</summary>
    public async Task<IReadOnlyList<Item>> ReadAsync(string? subject, Paging paging, CancellationToken cancellation)
    {
        await using NpgsqlCommand command = database.CreateCommand(
            """
            select id, subject_id, role, scope_kind, scope_id, code, sentence, told_at from grant_refused
            where id > $1 and ($2::text is null or subject_id = $2) order by id limit $3
            """);
        command.Parameters.Add(new() { Value = paging.After ?? "" });
        command.Parameters.Add(ReadModelRows.Optional(subject, NpgsqlDbType.Text));
        command.Parameters.Add(new() { Value = paging.Limit });
        return await ReadModelRows.ReadAsync(
            command,
            row => new Item(
                row.GetString(0), row.GetString(1), row.GetString(2), new GrantList.Scope(row.GetString(3), ReadModelRows.Text(row, 4)),
                row.GetString(5), row.GetString(6), row.GetFieldValue<DateTimeOffset>(7)),
            cancellation);
    }

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapGet("/grants/refused", async (
            RefusedGrants refused, CancellationToken cancellation, string? subject, int? limit, string? after) =>
            Paging.Of(limit, after) is { } paging
                ? Results.Ok(Paging.Page("grants", paging, await refused.ReadAsync(subject, paging, cancellation), item => item.Id))
                : Commands.Refuse(Paging.Malformed))
        .RequireAuthorization("facts.read");
}
