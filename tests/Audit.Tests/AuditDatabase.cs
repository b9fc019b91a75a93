using AccessGov.Audit.Trail;
using AccessGov.Messaging;
using Npgsql;

namespace AccessGov.Audit.Tests;

/// <summary>A trail's database, as the deployment prepares it: its tables, and the login roles that all trails of a server share.</summary>
internal static class AuditDatabase
{
    private static readonly string[] Roles = ["audit_append", "audit_seal", "audit_read"];

    /// <summary>Prepares it; tests of several processes may do it at once.</summary>
    public static async Task CreateAsync(string superuser)
    {
        await using var connection = new NpgsqlConnection(superuser);
        await connection.OpenAsync();
        await using var roles = new NpgsqlCommand(
            string.Concat(Roles.Select(role =>
                $"do $$ begin create role {role} login password '{role}'; "
                + "exception when duplicate_object or unique_violation then null; end $$;"))
            + $"revoke all on database {connection.Database} from public; "
            + $"grant connect on database {connection.Database} to {string.Join(", ", Roles)}",
            connection);
        await roles.ExecuteNonQueryAsync();
        await TrailSchema.CreateAsync(connection);
        await MessagingSchema.CreateAsync(connection);
        await MessagingSchema.GrantAsync(connection, "audit_append", Refusals.Service);
    }

    public static string ConnectionOf(string superuser, string role) =>
        new NpgsqlConnectionStringBuilder(superuser) { Username = role, Password = role, MaxPoolSize = 20 }.ConnectionString;
}
