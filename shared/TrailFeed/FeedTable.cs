using Npgsql;

namespace AccessGov.TrailFeed;

/// <summary>The row that holds how far a store has been told, and the digest of what was.</summary>
internal sealed class FeedTable(string schema)
{
    private readonly string take = $"select through, count, digest from {schema}.audit_feed for update";
    private readonly string read = $"select through, count, digest from {schema}.audit_feed";
    private readonly string write = $"update {schema}.audit_feed set through = $1, count = $2, digest = $3";

    /// <summary>The table's definition, for the search path that it is run with.</summary>
    public const string Create = """
        create table if not exists audit_feed (
            singleton boolean primary key default true check (singleton),
            through bigint not null,
            count bigint not null,
            digest bytea not null check (length(digest) = 32));
        insert into audit_feed (through, count, digest) values (0, 0, decode(repeat('00', 32), 'hex')) on conflict do nothing;
        """;

    /// <summary>How far the store has been told; nobody else goes on until the transaction ends.</summary>
    public async Task<StoreDigest> TakeAsync(NpgsqlTransaction transaction, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(take, transaction.Connection, transaction);
        return await ReadAsync(command, cancellation);
    }

    public async Task<StoreDigest> ReadAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(read, connection);
        return await ReadAsync(command, cancellation);
    }

    public async Task WriteAsync(StoreDigest told, NpgsqlTransaction transaction, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(write, transaction.Connection, transaction);
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = told.Through });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = told.Count });
        command.Parameters.Add(new NpgsqlParameter<byte[]> { TypedValue = told.Hash.ToArray() });
        if (await command.ExecuteNonQueryAsync(cancellation) != 1)
        {
            throw new InvalidOperationException("The row of audit_feed has gone: how far the audit trail was told is not known.");
        }
    }

    private static async Task<StoreDigest> ReadAsync(NpgsqlCommand command, CancellationToken cancellation)
    {
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancellation);
        return await reader.ReadAsync(cancellation)
            ? new StoreDigest(reader.GetInt64(0), reader.GetInt64(1), reader.GetFieldValue<byte[]>(2))
            : throw new InvalidOperationException("The row of audit_feed has gone: how far the audit trail was told is not known.");
    }
}
