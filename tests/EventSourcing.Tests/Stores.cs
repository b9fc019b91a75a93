using AccessGov.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace AccessGov.EventSourcing.Tests;

/// <summary>Makes stores in schemas of their own, and reads what lies in their tables.</summary>
internal static class Stores
{
    private static int schemas;

    public static string NewSchema() => $"s{Interlocked.Increment(ref schemas)}";

    public static PostgresEventStore Create(NpgsqlDataSource dataSource, string schema, Action<EventStoreOptions>? configure = null)
    {
        var options = new EventStoreOptions { Schema = schema, Types = Counters.Types };
        configure?.Invoke(options);
        return new PostgresEventStore(dataSource, options, TimeProvider.System, NullLogger<PostgresEventStore>.Instance);
    }

    public static async Task<PostgresEventStore> StartAsync(NpgsqlDataSource dataSource, string schema, Action<EventStoreOptions>? configure = null)
    {
        PostgresEventStore store = Create(dataSource, schema, configure);
        await store.StartAsync();
        return store;
    }

    public static Task<PostgresEventStore> StartAsync(PostgresFixture database, Action<EventStoreOptions>? configure = null) =>
        StartAsync(database.DataSource, NewSchema(), configure);

    public static async Task<T> AskAsync<T>(this NpgsqlDataSource dataSource, string sql)
    {
        await using NpgsqlCommand command = dataSource.CreateCommand(sql);
        return (T)(await command.ExecuteScalarAsync())!;
    }

    public static async Task RunAsync(this NpgsqlDataSource dataSource, string sql)
    {
        await using NpgsqlCommand command = dataSource.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }
}
