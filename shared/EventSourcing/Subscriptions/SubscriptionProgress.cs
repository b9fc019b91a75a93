using Npgsql;
using NpgsqlTypes;

namespace AccessGov.EventSourcing.Subscriptions;

/// <summary>The progress rows of a schema: one position for each subscription.</summary>
internal sealed class SubscriptionProgress(string schema)
{
    public static string RowName(string subscription) => $"{subscription}:All";

    /// <summary>Makes the row when there is none, and answers its position.</summary>
    public async Task<long> BeginAsync(NpgsqlConnection connection, string subscription, CancellationToken cancellation)
    {
        await using (var insert = Command(
            $"insert into {schema}.mt_event_progression (name, last_seq_id) values ($1, 0) on conflict (name) do nothing", connection, subscription))
        {
            await insert.ExecuteNonQueryAsync(cancellation);
        }

        return await ReadAsync(connection, subscription, cancellation);
    }

    public async Task<long> ReadAsync(NpgsqlConnection connection, string subscription, CancellationToken cancellation)
    {
        await using var read = Command($"select last_seq_id from {schema}.mt_event_progression where name = $1", connection, subscription);
        return await read.ExecuteScalarAsync(cancellation) is long position ? position : 0;
    }

    /// <summary>
    /// Takes the row for the transaction and answers its position; null when another runner has it. While it is taken, no other runner handles a batch.
    /// </summary>
    public async Task<long?> TryTakeAsync(NpgsqlConnection connection, string subscription, CancellationToken cancellation)
    {
        await using var take = Command(
            $"select last_seq_id from {schema}.mt_event_progression where name = $1 for update skip locked", connection, subscription);
        return await take.ExecuteScalarAsync(cancellation) as long?;
    }

    /// <summary>Moves the position from where the batch began to where it ends; false when it is somewhere else, and then nothing of the batch may commit.</summary>
    public async Task<bool> TryAdvanceAsync(
        NpgsqlConnection connection, string subscription, long floor, long through, CancellationToken cancellation)
    {
        await using var advance = Command(
            $"""
            update {schema}.mt_event_progression set last_seq_id = $2, last_updated = transaction_timestamp()
            where name = $1 and last_seq_id = $3
            """, connection, subscription);
        advance.Parameters.Add(new NpgsqlParameter<long> { TypedValue = through });
        advance.Parameters.Add(new NpgsqlParameter<long> { TypedValue = floor });
        return await advance.ExecuteNonQueryAsync(cancellation) == 1;
    }

    private static NpgsqlCommand Command(string sql, NpgsqlConnection connection, string subscription) => new(sql, connection)
    {
        Parameters = { new NpgsqlParameter<string> { TypedValue = RowName(subscription), NpgsqlDbType = NpgsqlDbType.Varchar } },
    };
}
