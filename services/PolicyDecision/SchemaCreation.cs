using AccessGov.EventSourcing;
using AccessGov.PolicyDecision.Grants;
using AccessGov.PolicyDecision.Relations;
using AccessGov.PolicyDecision.Sites;
using Microsoft.Extensions.Options;
using Npgsql;

namespace AccessGov.PolicyDecision;

/// <summary>Creates what is missing in the service's schema, before anything else starts. The login role owns the schema and needs no other right.</summary>
internal sealed class SchemaCreation(NpgsqlDataSource database, IOptions<PolicyDecisionOptions> options) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await using NpgsqlConnection connection = await database.OpenConnectionAsync(cancellationToken);
        await EventStoreSchema.CreateAsync(connection, options.Value.Schema, cancellationToken);
        await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(cancellationToken);
        // Replicas start together, and "create table if not exists" is not safe against itself.
        await using var command = new NpgsqlCommand(
            $"""
            select pg_advisory_xact_lock(hashtextextended('{options.Value.Schema}.tables', 0));
            {SitePlaces.CreateTable};
            {GrantList.CreateTable}
            {RelationList.CreateTable}
            """, connection, transaction);
        await command.ExecuteNonQueryAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
