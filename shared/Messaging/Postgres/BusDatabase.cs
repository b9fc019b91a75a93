using Npgsql;

namespace AccessGov.Messaging.Postgres;

/// <summary>The database that holds the schema <c>bus</c>, and the one that handlers write to: the same unless the service says otherwise.</summary>
internal sealed record BusDatabase(NpgsqlDataSource DataSource, NpgsqlDataSource? HandlerDataSource)
{
    public static BusDatabase From(IServiceProvider services, MessagingOptions options) =>
        new(options.DataSource is { } given ? given(services) : (NpgsqlDataSource?)services.GetService(typeof(NpgsqlDataSource))
                ?? throw new InvalidOperationException("Messaging needs an NpgsqlDataSource: register one, or set MessagingOptions.DataSource."),
            options.HandlerDataSource?.Invoke(services));
}

internal static class Sql
{
    /// <summary>A command with positional parameters; a null is a text, and everything else is what its type says.</summary>
    public static NpgsqlBatchCommand Command(string text, params object?[] values)
    {
        var command = new NpgsqlBatchCommand(text);
        foreach (object? value in values)
        {
            command.Parameters.Add(value as NpgsqlParameter ?? new NpgsqlParameter { Value = value ?? DBNull.Value });
        }

        return command;
    }

    public static NpgsqlParameter Typed(object? value, NpgsqlTypes.NpgsqlDbType type) => new() { Value = value ?? DBNull.Value, NpgsqlDbType = type };

    public static async Task<int> ExecuteAsync(NpgsqlConnection connection, CancellationToken cancellation, params NpgsqlBatchCommand[] commands)
    {
        await using NpgsqlBatch batch = connection.CreateBatch();
        Array.ForEach(commands, batch.BatchCommands.Add);
        return await batch.ExecuteNonQueryAsync(cancellation);
    }
}
