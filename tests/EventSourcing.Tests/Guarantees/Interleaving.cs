using Npgsql;
using NpgsqlTypes;

namespace AccessGov.EventSourcing.Tests.Guarantees;

/// <summary>Plays named transactions step by step, with plain SQL as any writer may send it, and numbers in between when told.</summary>
internal sealed class Interleaving(NpgsqlDataSource dataSource, string schema) : IAsyncDisposable
{
    private readonly Dictionary<string, (NpgsqlConnection Connection, NpgsqlTransaction Transaction)> open = new(StringComparer.Ordinal);
    private ulong since;

    public async Task TakeTransactionIdAsync(string transaction) => await RunAsync(transaction, "select pg_current_xact_id()");

    public async Task<long> DrawSequenceAsync(string transaction) => (long)(await RunAsync(transaction, $"select nextval('{schema}.mt_events_sequence')"))!;

    public async Task InsertAsync(string transaction, string stream, long version, long? sequence = null)
    {
        await RunAsync(transaction,
            $"insert into {schema}.mt_streams (id, type, version) values ('{stream}', 'counter', {version}) on conflict (id) do update set version = {version}");
        string number = sequence is null ? $"nextval('{schema}.mt_events_sequence')" : $"{sequence}";
        await RunAsync(transaction,
            $$"""
            insert into {{schema}}.mt_events (seq_id, id, stream_id, version, data, type)
            values ({{number}}, gen_random_uuid(), '{{stream}}', {{version}}, '{"By": 1}', 'counter_raised')
            """);
    }

    public async Task CommitAsync(string transaction)
    {
        await open[transaction].Transaction.CommitAsync();
        await CloseAsync(transaction);
    }

    public async Task RollbackAsync(string transaction)
    {
        await open[transaction].Transaction.RollbackAsync();
        await CloseAsync(transaction);
    }

    /// <summary>One round of the sequencer, with the bound on its search that the round before gave it.</summary>
    public async Task NumberAsync()
    {
        await using NpgsqlCommand number = dataSource.CreateCommand($"select horizon from {schema}.event_store_number(0, $1)");
        number.Parameters.Add(new NpgsqlParameter { Value = since, NpgsqlDbType = NpgsqlDbType.Xid8 });
        since = (ulong)(await number.ExecuteScalarAsync())!;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (string transaction in open.Keys.ToArray())
        {
            await CloseAsync(transaction);
        }
    }

    private async Task<object?> RunAsync(string transaction, string sql)
    {
        if (!open.TryGetValue(transaction, out (NpgsqlConnection Connection, NpgsqlTransaction Transaction) found))
        {
            NpgsqlConnection connection = await dataSource.OpenConnectionAsync();
            found = (connection, await connection.BeginTransactionAsync());
            open.Add(transaction, found);
        }

        await using var command = new NpgsqlCommand(sql, found.Connection, found.Transaction);
        return await command.ExecuteScalarAsync();
    }

    private async Task CloseAsync(string transaction)
    {
        await open[transaction].Transaction.DisposeAsync();
        await open[transaction].Connection.DisposeAsync();
        open.Remove(transaction);
    }
}
