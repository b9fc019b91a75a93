using AccessGov.EventSourcing;
using Npgsql;
using NpgsqlTypes;

namespace AccessGov.PolicyDecision.Relations;

/// <summary>The relations that have not ended, with who started them: for people, never for decisions.</summary>
internal sealed class RelationList(NpgsqlDataSource database) : ISubscription
{
    public const string CreateTable =
        """
        create table if not exists relation_list (
            id text collate "C" primary key, kind text not null, user_id text not null, patient_id text not null,
            from_at timestamptz not null, until_at timestamptz, started_by text, started_at timestamptz not null);
        create index if not exists relation_list_by_user on relation_list (user_id, id);
        create index if not exists relation_list_by_patient on relation_list (patient_id, id);
        """;

    public string Name => "RelationList";

    public sealed record Item(
        string Id, RelationKind Kind, string User, string Patient, DateTimeOffset From, DateTimeOffset? Until, string? StartedBy, DateTimeOffset StartedAt);

    public Task HandleAsync(IReadOnlyList<StoredEvent> batch, NpgsqlTransaction transaction, CancellationToken cancellation) =>
        ReadModelRows.ChangeAsync(batch, Change, transaction, cancellation);

    public async Task<IReadOnlyList<Item>> ReadAsync(string? user, string? patient, Paging paging, CancellationToken cancellation)
    {
        await using NpgsqlCommand command = database.CreateCommand(
            """
            select id, kind, user_id, patient_id, from_at, until_at, started_by, started_at from relation_list
            where ($1::text is null or user_id = $1) and ($2::text is null or patient_id = $2) and ($3::text is null or id > $3)
            order by id limit $4
            """);
        foreach (string? text in (string?[])[user, patient, paging.After])
        {
            command.Parameters.Add(ReadModelRows.Optional(text, NpgsqlDbType.Text));
        }

        command.Parameters.Add(new NpgsqlParameter { Value = paging.Limit });
        return await ReadModelRows.ReadAsync(command, row => new Item(
            row.GetString(0), Enum.Parse<RelationKind>(row.GetString(1)), row.GetString(2), row.GetString(3), row.GetFieldValue<DateTimeOffset>(4),
            ReadModelRows.Instant(row, 5), ReadModelRows.Text(row, 6), row.GetFieldValue<DateTimeOffset>(7)), cancellation);
    }

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapGet("/relations", async (RelationList list, CancellationToken cancellation, string? user, string? patient, int? limit, string? after) =>
            Paging.Of(limit, after) is { } paging
                ? Results.Ok(Paging.Page("relations", paging, await list.ReadAsync(user, patient, paging, cancellation), item => item.Id))
                : Commands.Refuse(Paging.Malformed))
        .RequireAuthorization("facts.read");

    private static NpgsqlBatchCommand? Change(StoredEvent stored)
    {
        switch (stored.Data)
        {
            case RelationStarted e:
                return ReadModelRows.Statement(
                    """
                    insert into relation_list (id, kind, user_id, patient_id, from_at, until_at, started_by, started_at)
                    values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (id) do update set from_at = $5, until_at = $6, started_by = $7, started_at = $8
                    """,
                    Relation.Streams.IdOf(stored.StreamId), e.Kind.ToString(), e.User, e.Patient, e.From.ToUniversalTime(), e.Until?.ToUniversalTime(),
                    stored.Metadata.Actor, stored.RecordedAt.ToUniversalTime());
            case RelationEnded:
                return ReadModelRows.Statement("delete from relation_list where id = $1", Relation.Streams.IdOf(stored.StreamId));
            default:
                // Other streams' events are not of this list.
                return null;
        }
    }
}
