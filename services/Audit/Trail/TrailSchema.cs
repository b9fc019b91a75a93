using Npgsql;

namespace AccessGov.Audit.Trail;

/// <summary>
/// The trail's tables (<c>trail.sql</c>, which psql can run too). Made by a privileged step of the deployment, after the roles
/// audit_append, audit_seal and audit_read;
/// the service's own roles own nothing there.
/// </summary>
internal static class TrailSchema
{
    /// <summary>Makes what is missing. May be repeated, also by several at once.</summary>
    /// <param name="connection">An open connection of a role that may create schemas.</param>
    public static async Task CreateAsync(NpgsqlConnection connection)
    {
        await using Stream script = typeof(TrailSchema).Assembly.GetManifestResourceStream("trail.sql")!;
        using var reader = new StreamReader(script);
        await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync();
        await using var create = new NpgsqlCommand(await reader.ReadToEndAsync(), connection, transaction);
        await create.ExecuteNonQueryAsync();
        await transaction.CommitAsync();
    }
}
