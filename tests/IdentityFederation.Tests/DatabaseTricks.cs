using Npgsql;

namespace AccessGov.IdentityFederation.Tests;

/// <summary>What a test does to the database that the service itself does not do.</summary>
internal static class DatabaseTricks
{
    /// <summary>No session can end until <see cref="LetSessionsEndAsync"/>: as when the store fails on the way.</summary>
    public static Task LetNoSessionEndAsync(this IdentityFederationHost host) => host.SqlAsync(
        """
        create function identity_federation.refuse() returns trigger language plpgsql as $$ begin raise 'no'; end $$;
        create trigger refuse before insert on identity_federation.mt_events for each row
            when (new.type = 'session_ended') execute function identity_federation.refuse()
        """);

    public static Task LetSessionsEndAsync(this IdentityFederationHost host) =>
        host.SqlAsync("drop function identity_federation.refuse cascade");

    /// <summary>The number that a query answers.</summary>
    public static async Task<long> CountAsync(this IdentityFederationHost host, string sql)
    {
        await using var connection = new NpgsqlConnection(host.Superuser);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return (long)(await command.ExecuteScalarAsync())!;
    }

    public static async Task SqlAsync(this IdentityFederationHost host, string sql)
    {
        await using var connection = new NpgsqlConnection(host.Superuser);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
