using Npgsql;
using Xunit;

namespace AccessGov.Testing;

/// <summary>An xunit class fixture: one fresh database on the process's PostgreSQL.</summary>
public sealed class PostgresFixture : IAsyncLifetime
{
    private NpgsqlDataSource? dataSource;

    /// <summary>A superuser's connection string to this fixture's database.</summary>
    public string ConnectionString { get; private set; } = "";

    /// <summary>A pool of connections to this fixture's database.</summary>
    public NpgsqlDataSource DataSource => dataSource ?? throw new InvalidOperationException("The fixture is not initialised.");

    /// <summary>The server behind the database.</summary>
    public PostgresServer Server { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Server = await PostgresServer.SharedAsync();
        ConnectionString = await Server.CreateDatabaseAsync();
        dataSource = NpgsqlDataSource.Create(ConnectionString);
    }

    public async Task DisposeAsync()
    {
        if (dataSource is not null)
        {
            await dataSource.DisposeAsync();
        }
    }
}
