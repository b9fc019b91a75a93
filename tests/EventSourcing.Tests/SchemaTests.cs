using AccessGov.Testing;
using Npgsql;

namespace AccessGov.EventSourcing.Tests;

public sealed class SchemaTests(PostgresFixture database) : IClassFixture<PostgresFixture>
{
    [Fact]
    public async Task A_role_that_owns_only_its_schema_creates_and_uses_the_store_and_several_may_start_at_once()
    {
        string schema = Stores.NewSchema();
        string role = $"role_{Guid.NewGuid():n}";
        await database.DataSource.RunAsync($"create role {role} login; create schema {schema} authorization {role}");
        var connection = new NpgsqlConnectionStringBuilder(database.ConnectionString) { Username = role };
        await using NpgsqlDataSource dataSource = NpgsqlDataSource.Create(connection.ConnectionString);
        PostgresEventStore[] stores = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Stores.StartAsync(dataSource, schema)));
        AppendReceipt[] receipts = await Task.WhenAll(stores.Select(store => store.AppendAsync(Counters.Raise("a", ExpectedVersion.Any))));
        receipts.Select(receipt => receipt.Version).Order().ShouldBe([1, 2, 3, 4]);
        await stores[3].PositionOfAsync(receipts.MaxBy(receipt => receipt.Version)!);
        foreach (PostgresEventStore store in stores)
        {
            await store.DisposeAsync();
        }
    }

    [Fact]
    public async Task Starting_beside_an_open_transaction_of_a_writer_does_not_wait_for_it()
    {
        await using PostgresEventStore store = await Stores.StartAsync(database);
        await using NpgsqlConnection connection = await database.DataSource.OpenConnectionAsync();
        await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync();
        await using var insert = new NpgsqlCommand($"insert into {store.Options.Schema}.mt_streams (id, version) values ('held', 0)", connection, transaction);
        await insert.ExecuteNonQueryAsync();
        await using PostgresEventStore second = await Stores.StartAsync(database.DataSource, store.Options.Schema).WaitAsync(Eventually.Bound);
    }

    [Fact]
    public async Task A_schema_of_the_former_layout_is_migrated_and_its_keys_stay_good()
    {
        await using PostgresEventStore store = await Stores.StartAsync(database);
        string schema = store.Options.Schema;
        AppendReceipt old = await store.AppendAsync(Counters.Raise("old", ExpectedVersion.NoStream) with { IdempotencyKey = "old" });
        await database.DataSource.RunAsync($"alter table {schema}.event_store_idempotency drop column command; update {schema}.event_store_sequencer set layout = 1");

        await using PostgresEventStore migrated = await Stores.StartAsync(database.DataSource, schema);
        (await migrated.AppendAsync(Counters.Raise("old", ExpectedVersion.Any) with { IdempotencyKey = "old", CommandHash = "a" })).ShouldBe(old with { Repeated = true });
        StreamAppend first = Counters.Raise("new", ExpectedVersion.Any) with { IdempotencyKey = "new", CommandHash = "a" };
        await migrated.AppendAsync(first);
        await Should.ThrowAsync<IdempotencyKeyReusedException>(() => migrated.AppendAsync(first with { CommandHash = "b" }));
    }

    [Theory]
    [InlineData("")]
    [InlineData("Upper")]
    [InlineData("a;drop")]
    [InlineData("1st")]
    public void A_schema_name_that_needs_quoting_is_refused(string schema) =>
        Should.Throw<ArgumentException>(() => Stores.Create(database.DataSource, schema));
}
