using AccessGov.EventSourcing;
using Npgsql;
using NpgsqlTypes;

namespace AccessGov.CommandEndpoints;

/// <summary>What the lists for people have in common: a statement for each event that is theirs, and pages of rows.</summary>
public static class ReadModelRows
{
    /// <summary>Runs, in the subscription's transaction, what each event changes; null where it changes nothing.</summary>
    public static async Task ChangeAsync(
        IReadOnlyList<StoredEvent> events, Func<StoredEvent, NpgsqlBatchCommand?> change, NpgsqlTransaction transaction, CancellationToken cancellation)
    {
        await using var statements = new NpgsqlBatch(transaction.Connection, transaction);
        foreach (StoredEvent stored in events)
        {
            if (change(stored) is { } statement)
            {
                statements.BatchCommands.Add(statement);
            }
        }

        if (statements.BatchCommands.Count > 0)
        {
            await statements.ExecuteNonQueryAsync(cancellation);
        }
    }

    /// <summary>A statement of a batch. Values are sent with the types that they have.</summary>
    public static NpgsqlBatchCommand Statement(string sql, params object?[] values)
    {
        var command = new NpgsqlBatchCommand(sql);
        Array.ForEach(values, value => command.Parameters.Add(new NpgsqlParameter { Value = value ?? DBNull.Value }));
        return command;
    }

    /// <summary>All rows that a command finds.</summary>
    public static async Task<IReadOnlyList<T>> ReadAsync<T>(NpgsqlCommand command, Func<NpgsqlDataReader, T> read, CancellationToken cancellation)
    {
        var items = new List<T>();
        await using NpgsqlDataReader row = await command.ExecuteReaderAsync(cancellation);
        while (await row.ReadAsync(cancellation))
        {
            items.Add(read(row));
        }

        return items;
    }

    /// <summary>A parameter whose type must be said, because it may be null.</summary>
    public static NpgsqlParameter Optional(object? value, NpgsqlDbType type) => new() { Value = value ?? DBNull.Value, NpgsqlDbType = type };

    /// <summary>A text that may be null.</summary>
    public static string? Text(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    /// <summary>An instant that may be null.</summary>
    public static DateTimeOffset? Instant(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetFieldValue<DateTimeOffset>(column);
}
