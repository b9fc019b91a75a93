using AccessGov.Messaging;
using Npgsql;

namespace AccessGov.Testing;

/// <summary>A service's own login role, which can touch nothing but its schema and its queue, as deploy/up makes it.</summary>
public static class ServiceRole
{
    /// <summary>Makes it and answers how it connects.</summary>
    /// <param name="superuser">Who makes it, and in which database.</param>
    /// <param name="schema">The schema that it owns.</param>
    /// <param name="queue">Its queue.</param>
    /// <param name="connections">How many connections the service may have at once.</param>
    public static async Task<string> CreateAsync(string superuser, string schema, string queue, int connections = 100)
    {
        string role = $"{schema}_{Guid.NewGuid():n}";
        await using var connection = new NpgsqlConnection(superuser);
        await connection.OpenAsync();
        await using var create = new NpgsqlCommand(
            $"""
            create role {role} login password '{role}';
            create schema {schema} authorization {role};
            revoke all on database {connection.Database} from public;
            grant connect on database {connection.Database} to {role}
            """, connection);
        await create.ExecuteNonQueryAsync();
        await MessagingSchema.CreateAsync(connection);
        await MessagingSchema.GrantAsync(connection, role, queue);
        return new NpgsqlConnectionStringBuilder(superuser) { Username = role, Password = role, MaxPoolSize = connections }.ConnectionString;
    }
}
