using AccessGov.Testing;
using Npgsql;

namespace AccessGov.Audit.Tests.Verification;

/// <summary>Lets nobody ask which keys were shredded: a verification that must ask waits in the middle of its work.</summary>
internal sealed class LockedKeys : IAsyncDisposable
{
    private readonly AuditHost host;
    private readonly NpgsqlConnection connection;

    private LockedKeys(AuditHost host, NpgsqlConnection connection) => (this.host, this.connection) = (host, connection);

    public static async Task<LockedKeys> OfAsync(AuditHost host)
    {
        var opened = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(host.Superuser) { Pooling = false }.ConnectionString);
        await opened.OpenAsync();
        await using var take = new NpgsqlCommand("begin; lock table trail.shredded_key in access exclusive mode", opened);
        await take.ExecuteNonQueryAsync();
        return new LockedKeys(host, opened);
    }

    public Task IsWaitedForAsync() => Eventually.HoldsAsync(
        async () => await host.AskAsync<bool>(
            "select exists (select 1 from pg_stat_activity where wait_event_type = 'Lock' and query like '%trail.shredded_key s%'"
            + " and datname = current_database())"),
        "the verification waits");

    /// <summary>Ends the connection whose lock lets one process verify.</summary>
    public Task EndOthersAsync() => host.AskAsync<bool>(
        "select bool_and(pg_terminate_backend(pid)) from pg_locks where locktype = 'advisory' and objsubid = 2 and granted"
        + " and classid::bigint = (hashtext('trail verification')::bigint & 4294967295)"
        + " and database = (select oid from pg_database where datname = current_database())");

    public async ValueTask DisposeAsync() => await connection.DisposeAsync();
}
