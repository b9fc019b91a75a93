using AccessGov.PolicyDecision.Grants;
using AccessGov.PolicyDecision.Relations;
using AccessGov.PolicyDecision.Sites;
using Npgsql;

namespace AccessGov.PolicyDecision;

/// <summary>Creates the service's tables beside the event store's. The login role owns the schema and needs no other right.</summary>
internal static class SchemaCreation
{
    public static async Task CreateAsync(NpgsqlConnection connection, string schema, CancellationToken cancellation)
    {
        await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(cancellation);
        // Replicas start together, and "create table if not exists" is not safe against itself.
        await using var command = new NpgsqlCommand(
            $"""
            select pg_advisory_xact_lock(hashtextextended('{schema}.tables', 0));
            {SitePlaces.CreateTable};
            {GrantList.CreateTable}
            {RelationList.CreateTable}
            """, connection, transaction);
        await command.ExecuteNonQueryAsync(cancellation);
        await transaction.CommitAsync(cancellation);
    }
}
