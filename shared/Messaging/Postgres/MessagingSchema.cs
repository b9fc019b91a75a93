using Npgsql;

namespace AccessGov.Messaging;

/// <summary>
/// The tables of the postgres transport, in the schema <c>bus</c> (<c>bus.sql</c>, which psql can run too). Made by a privileged step of the deployment; the services' own roles own nothing there.
/// </summary>
public static class MessagingSchema
{
    /// <summary>Makes what is missing. May be repeated, also by several at once.</summary>
    /// <param name="connection">An open connection of a role that may create schemas.</param>
    /// <param name="cancellation">Ends the call; nothing is made then.</param>
    public static async Task CreateAsync(NpgsqlConnection connection, CancellationToken cancellation = default)
    {
        await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(cancellation);
        await using var command = new NpgsqlCommand(Script(), connection, transaction);
        await command.ExecuteNonQueryAsync(cancellation);
        await transaction.CommitAsync(cancellation);
    }

    /// <summary>
    /// Gives a service's login role its queue and exactly what it needs: publish to subscribers, subscribe and consume its own queue. May be repeated.
    /// </summary>
    /// <param name="connection">An open connection of the owner of the schema.</param>
    /// <param name="role">An existing role.</param>
    /// <param name="queue">The service's queue; it belongs to one role.</param>
    /// <param name="cancellation">Ends the call; nothing is granted then.</param>
    public static async Task GrantAsync(NpgsqlConnection connection, string role, string queue, CancellationToken cancellation = default)
    {
        await using var command = new NpgsqlCommand("select bus.admit($1::name, $2)", connection)
        {
            Parameters = { new() { Value = role }, new() { Value = queue } },
        };
        await command.ExecuteNonQueryAsync(cancellation);
    }

    private static string Script()
    {
        using Stream stream = typeof(MessagingSchema).Assembly.GetManifestResourceStream("bus.sql")
            ?? throw new InvalidOperationException("bus.sql is not in the assembly.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
