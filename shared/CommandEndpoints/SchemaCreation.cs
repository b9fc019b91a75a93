using System.Security.Cryptography;
using System.Text;
using Npgsql;

namespace AccessGov.CommandEndpoints;

/// <summary>
/// Creates a part of the service's tables, unless it is there as defined. Then it takes no lock on a table: a replica that starts must not wait for those that
/// work, nor they for it. The login role owns the schema and needs no other right.
/// </summary>
public static class SchemaCreation
{
    /// <summary>Creates the part.</summary>
    /// <param name="connection">An open connection without a transaction.</param>
    /// <param name="schema">Is created too where it is missing; only that needs the right to create one.</param>
    /// <param name="part">What the definition is remembered by.</param>
    /// <param name="definition">Data definition that may run again over what an older one left.</param>
    /// <param name="cancellation">Ends the call; nothing is left half done.</param>
    public static async Task CreateAsync(
        NpgsqlConnection connection, string schema, string part, string definition, CancellationToken cancellation)
    {
        await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(cancellation);
        // Replicas start together, and "create table if not exists" is not safe against itself.
        await ExecuteAsync(
            $"""
            select pg_advisory_xact_lock(hashtextextended('{schema}.tables', 0));
            do $$ begin
                if to_regnamespace('{schema}') is null then create schema {schema}; end if;
                if to_regclass('{schema}.table_definition') is null then
                    create table {schema}.table_definition (part text primary key, sha256 text not null);
                end if;
            end $$
            """);
        string sha256 = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(definition)));
        await using var known = new NpgsqlCommand($"select 1 from {schema}.table_definition where part = '{part}' and sha256 = '{sha256}'", connection, transaction);
        if (await known.ExecuteScalarAsync(cancellation) is null)
        {
            await ExecuteAsync(definition);
            await ExecuteAsync(
                $"""
                insert into {schema}.table_definition (part, sha256) values ('{part}', '{sha256}')
                on conflict (part) do update set sha256 = excluded.sha256
                """);
        }

        await transaction.CommitAsync(cancellation);

        async Task ExecuteAsync(string sql)
        {
            await using var command = new NpgsqlCommand(sql, connection, transaction);
            await command.ExecuteNonQueryAsync(cancellation);
        }
    }
}
