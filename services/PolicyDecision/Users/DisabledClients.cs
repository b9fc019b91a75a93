using AccessGov.EventSourcing;
using AccessGov.ServiceDefaults;
using Npgsql;

namespace AccessGov.PolicyDecision.Users;

/// <summary>
/// Which clients were disabled, and when, as IdentityFederation tells: no token that they were given until then is taken. A row is kept for
/// longer than a token may live. Read with the ended sessions, by one reader.
/// </summary>
internal sealed class DisabledClients(NpgsqlDataSource database, ITokenValidator tokens)
{
    public const string CreateTable = "create table if not exists disabled_client (id text primary key, disabled_at timestamptz not null);";

    private readonly Dictionary<string, DateTimeOffset> known = new(StringComparer.Ordinal);

    /// <summary>Writes down that a client was disabled, and forgets those whose tokens have expired by themselves.</summary>
    public static async Task AddAsync(
        string client, DateTimeOffset at, TimeSpan tokensLastFor, NpgsqlTransaction transaction, CancellationToken cancellation)
    {
        await using var batch = new NpgsqlBatch(transaction.Connection, transaction)
        {
            BatchCommands =
            {
                ReadModelRows.Statement(
                    """
                    insert into disabled_client (id, disabled_at) values ($1, $2)
                    on conflict (id) do update set disabled_at = greatest(disabled_client.disabled_at, excluded.disabled_at)
                    """, client, at),
                ReadModelRows.Statement(
                    """
                    delete from disabled_client where id in (
                        select id from disabled_client where disabled_at < clock_timestamp() - 2 * $1::interval limit 10
                        for update skip locked)
                    """, tokensLastFor),
            },
        };
        await batch.ExecuteNonQueryAsync(cancellation);
    }

    /// <summary>Takes no token any more of those that were disabled since the last time. They are few: all are read.</summary>
    public async Task ReadAsync(CancellationToken cancellation)
    {
        await using NpgsqlCommand command = database.CreateCommand("select id, disabled_at from disabled_client");
        foreach ((string id, DateTimeOffset at) in await ReadModelRows.ReadAsync(
            command, row => (row.GetString(0), row.GetFieldValue<DateTimeOffset>(1)), cancellation))
        {
            if (!known.TryGetValue(id, out DateTimeOffset before) || before < at)
            {
                tokens.RevokeAllOf(id, at);
                known[id] = at;
            }
        }
    }
}
