using AccessGov.EventSourcing;
using AccessGov.ServiceDefaults;
using Npgsql;

namespace AccessGov.PolicyDecision.Users;

/// <summary>
/// Which clients were disabled, or had their secret replaced, and when, as IdentityFederation tells: no token that they were given until
/// then is taken, or none that they were given for themselves. A row is kept for longer than a token may live. Read with the ended
/// sessions, by one reader.
/// </summary>
internal sealed class DisabledClients(NpgsqlDataSource database, ITokenValidator tokens)
{
    public const string CreateTable =
        """
        create table if not exists disabled_client (id text primary key, disabled_at timestamptz not null);
        create table if not exists replaced_secret (id text primary key, replaced_at timestamptz not null);
        """;

    private readonly Dictionary<string, DateTimeOffset> disabled = new(StringComparer.Ordinal);
    private readonly Dictionary<string, DateTimeOffset> replaced = new(StringComparer.Ordinal);

    /// <summary>Writes down that a client was disabled, and forgets those whose tokens have expired by themselves.</summary>
    public static Task AddAsync(
        string client, DateTimeOffset at, TimeSpan tokensLastFor, NpgsqlTransaction transaction, CancellationToken cancellation) =>
        AddAsync("disabled_client", "disabled_at", client, at, tokensLastFor, transaction, cancellation);

    /// <summary>Writes down that a client's secret was replaced, and forgets those whose tokens have expired by themselves.</summary>
    public static Task AddReplacedAsync(
        string client, DateTimeOffset at, TimeSpan tokensLastFor, NpgsqlTransaction transaction, CancellationToken cancellation) =>
        AddAsync("replaced_secret", "replaced_at", client, at, tokensLastFor, transaction, cancellation);

    /// <summary>Takes no token any more of those that are new since the last time. They are few: all are read.</summary>
    public async Task ReadAsync(CancellationToken cancellation)
    {
        await ReadAsync("select id, disabled_at from disabled_client", disabled, tokens.RevokeAllOf, cancellation);
        await ReadAsync("select id, replaced_at from replaced_secret", replaced, tokens.RevokeOwnOf, cancellation);
    }

    private static async Task AddAsync(
        string table, string column, string client, DateTimeOffset at, TimeSpan tokensLastFor, NpgsqlTransaction transaction,
        CancellationToken cancellation)
    {
        await using var batch = new NpgsqlBatch(transaction.Connection, transaction)
        {
            BatchCommands =
            {
                ReadModelRows.Statement(
                    $"""
                    insert into {table} as known (id, {column}) values ($1, $2)
                    on conflict (id) do update set {column} = greatest(known.{column}, excluded.{column})
                    """, client, at),
                ReadModelRows.Statement(
                    $"""
                    delete from {table} where id in (
                        select id from {table} where {column} < clock_timestamp() - 2 * $1::interval limit 10
                        for update skip locked)
                    """, tokensLastFor),
            },
        };
        await batch.ExecuteNonQueryAsync(cancellation);
    }

    private async Task ReadAsync(
        string rows, Dictionary<string, DateTimeOffset> known, Action<string, DateTimeOffset> revoke, CancellationToken cancellation)
    {
        await using NpgsqlCommand command = database.CreateCommand(rows);
        foreach ((string id, DateTimeOffset at) in await ReadModelRows.ReadAsync(
            command, row => (row.GetString(0), row.GetFieldValue<DateTimeOffset>(1)), cancellation))
        {
            if (!known.TryGetValue(id, out DateTimeOffset before) || before < at)
            {
                revoke(id, at);
                known[id] = at;
            }
        }
    }
}
