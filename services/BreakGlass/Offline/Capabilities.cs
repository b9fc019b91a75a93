using AccessGov.EventSourcing;
using Npgsql;

namespace AccessGov.BreakGlass.Offline;

/// <summary>
/// A row for each capability, written in the transaction of its events: which are whose, and which are taken back. Thread-safe.
/// </summary>
internal sealed class Capabilities(NpgsqlDataSource database)
{
    public const string CreateTable =
        """
        create table if not exists emergency_capability (
            id text collate "C" primary key,
            edge text collate "C" not null, holder_kind text not null, holder text collate "C" not null,
            issued_at timestamptz not null, expires_at timestamptz not null, revoked_at timestamptz);
        create index if not exists emergency_capability_of on emergency_capability (holder, expires_at);
        create index if not exists emergency_capability_revoked on emergency_capability (edge, expires_at) where revoked_at is not null;
        """;

    /// <param name="RevokedAt">When it was taken back; null when it was not.</param>
    public sealed record Item(
        string Id, string Edge, string HolderKind, string Holder, DateTimeOffset IssuedAt, DateTimeOffset Expires,
        DateTimeOffset? RevokedAt);

    /// <summary>The row of what was just issued, where its holder may have so many.</summary>
    /// <param name="id">The capability.</param>
    /// <param name="issued">What it says.</param>
    /// <param name="tooMany">Why its holder may not have so many good ones at the edge; null when they may.</param>
    public static Alongside Issued(string id, EmergencyCapabilityIssued issued, Func<long, Refusal?> tooMany) =>
        async (transaction, _, cancellation) =>
        {
            // One after the other for each holder and edge: two at once would each not see the other's.
            await ExecuteAsync(
                transaction, "select pg_advisory_xact_lock(hashtextextended($1, 0))",
                [$"accessgov capabilities {issued.HolderKind} {issued.Holder} {issued.Edge}"], cancellation);
            await ExecuteAsync(
                transaction,
                """
                insert into emergency_capability (id, edge, holder_kind, holder, issued_at, expires_at) values ($1, $2, $3, $4, $5, $6)
                on conflict (id) do nothing
                """,
                [id, issued.Edge, issued.HolderKind, issued.Holder, issued.At.ToUniversalTime(), issued.Expires.ToUniversalTime()],
                cancellation);
            await using var count = new NpgsqlCommand(
                """
                select count(*) from emergency_capability
                where holder_kind = $1 and holder = $2 and edge = $3 and expires_at > $4 and revoked_at is null
                """, transaction.Connection, transaction);
            Array.ForEach<object>(
                [issued.HolderKind, issued.Holder, issued.Edge, issued.At.ToUniversalTime()],
                value => count.Parameters.Add(new() { Value = value }));
            if (tooMany((long)(await count.ExecuteScalarAsync(cancellation))!) is { } refusal)
            {
                throw new RefusedAlongsideException(refusal);
            }
        };

    public static Alongside Revoked(string id, DateTimeOffset at) => (transaction, _, cancellation) => ExecuteAsync(
        transaction, "update emergency_capability set revoked_at = coalesce(revoked_at, $2) where id = $1", [id, at.ToUniversalTime()],
        cancellation);

    /// <summary>One of them; null when we have not issued it.</summary>
    public async Task<Item?> FindAsync(string id, CancellationToken cancellation) =>
        await ReadAsync("id = $1", [id], cancellation) is [var one] ? one : null;

    /// <summary>Those of somebody that have not run out, the newest first, whether they were taken back or not.</summary>
    public Task<IReadOnlyList<Item>> OfAsync(string kind, string holder, DateTimeOffset now, CancellationToken cancellation) => ReadAsync(
        "holder_kind = $1 and holder = $2 and expires_at > $3 order by issued_at desc, id", [kind, holder, now], cancellation);

    /// <summary>Those for an edge that were taken back and have not run out.</summary>
    public Task<IReadOnlyList<Item>> RevokedAtAsync(string edge, DateTimeOffset now, CancellationToken cancellation) => ReadAsync(
        "edge = $1 and expires_at > $2 and revoked_at is not null order by id", [edge, now], cancellation);

    private async Task<IReadOnlyList<Item>> ReadAsync(string where, object[] values, CancellationToken cancellation)
    {
        await using NpgsqlCommand read = database.CreateCommand(
            $"select id, edge, holder_kind, holder, issued_at, expires_at, revoked_at from emergency_capability where {where}");
        Array.ForEach(values, value => read.Parameters.Add(new() { Value = value }));
        return await ReadModelRows.ReadAsync(
            read, row => new Item(
                row.GetString(0), row.GetString(1), row.GetString(2), row.GetString(3), row.GetFieldValue<DateTimeOffset>(4),
                row.GetFieldValue<DateTimeOffset>(5), ReadModelRows.Instant(row, 6)), cancellation);
    }

    private static async Task ExecuteAsync(NpgsqlTransaction transaction, string sql, object[] values, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(sql, transaction.Connection, transaction);
        Array.ForEach(values, value => command.Parameters.Add(new() { Value = value }));
        await command.ExecuteNonQueryAsync(cancellation);
    }
}
