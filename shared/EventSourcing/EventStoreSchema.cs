using System.Text.RegularExpressions;
using Npgsql;

namespace AccessGov.EventSourcing;

/// <summary>The tables of an event store: Marten's layout, and ours beside it (all named <c>event_store_...</c>).</summary>
public static partial class EventStoreSchema
{
    private const int Layout = 2;

    /// <summary>
    /// Creates what is missing. May run in several processes at once and any number of times; on a complete schema it takes no lock on a table. A login role that
    /// owns its schema and nothing else may run it; only a schema that does not exist needs the right to create one.
    /// </summary>
    /// <param name="connection">An open connection without a transaction.</param>
    /// <param name="schema">The schema: lower case letters, digits and underscores, at most 40 characters.</param>
    /// <param name="cancellation">Ends the call; nothing is left half done.</param>
    public static async Task CreateAsync(NpgsqlConnection connection, string schema, CancellationToken cancellation = default)
    {
        CheckName(schema);
        await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(cancellation);
        await ExecuteAsync($"select pg_advisory_xact_lock(hashtextextended('event_store_schema.{schema}', 0))");
        if (!await AsksAsync($"select exists (select from pg_namespace where nspname = '{schema}')"))
        {
            await ExecuteAsync($"create schema {schema}");
        }

        if (!await IsCompleteAsync())
        {
            foreach (string script in (string[])["tables.sql", "note.sql", "number.sql", "append.sql", "load.sql"])
            {
                await ExecuteAsync(Script(script, schema));
            }

            await ExecuteAsync(
                $"insert into {schema}.event_store_sequencer (layout) values ({Layout}) on conflict (singleton) do update set layout = {Layout}");
        }

        await transaction.CommitAsync(cancellation);

        async Task<bool> IsCompleteAsync() =>
            await AsksAsync($"select to_regclass('{schema}.event_store_sequencer') is not null")
            && await AsksAsync($"select exists (select from {schema}.event_store_sequencer where layout = {Layout})");

        async Task ExecuteAsync(string sql)
        {
            await using var command = new NpgsqlCommand(sql, connection, transaction);
            await command.ExecuteNonQueryAsync(cancellation);
        }

        async Task<bool> AsksAsync(string sql)
        {
            await using var command = new NpgsqlCommand(sql, connection, transaction);
            return await command.ExecuteScalarAsync(cancellation) is true;
        }
    }

    internal static string Script(string name, string schema)
    {
        using Stream stream = typeof(EventStoreSchema).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"{name} is not in the assembly.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd().Replace("__schema__", schema, StringComparison.Ordinal);
    }

    internal static void CheckName(string schema)
    {
        if (!NamePattern().IsMatch(schema))
        {
            throw new ArgumentException(
                "The event store's schema must be 1 to 40 lower case letters, digits and underscores, and not begin with a digit.", nameof(schema));
        }
    }

    [GeneratedRegex("^[a-z_][a-z0-9_]{0,39}$", RegexOptions.CultureInvariant)]
    private static partial Regex NamePattern();
}
