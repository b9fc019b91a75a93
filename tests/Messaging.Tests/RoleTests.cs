using AccessGov.Testing;
using Npgsql;

namespace AccessGov.Messaging.Tests;

public sealed class RoleTests
{
    [Fact]
    public async Task A_role_with_only_the_grants_publishes_and_consumes_and_can_do_nothing_else()
    {
        PostgresServer server = await PostgresServer.SharedAsync();
        string database = await Database.CreateAsync(server);
        string suffix = $"{Guid.NewGuid():n}"[..8], one = $"one_{suffix}", two = $"two_{suffix}";
        await using var admin = new NpgsqlConnection(database);
        await admin.OpenAsync();
        foreach ((string role, string queue) in ((string, string)[])[(one, "one"), (two, "two")])
        {
            await Database.ExecuteAsync(admin, $"create role {role} login password 'test'; create schema {queue} authorization {role}");
            await MessagingSchema.GrantAsync(admin, role, queue);
            await MessagingSchema.GrantAsync(admin, role, queue);
            await Database.ExecuteAsync(admin, $"grant insert on effect to {role}; grant usage on sequence effect_at_seq to {role}");
        }

        await Database.ExecuteAsync(admin, "create table two.secret (id integer); create table public.other (id integer)");
        string asOne = As(database, one), asTwo = As(database, two);
        try
        {
            await using (TestService sender = await TestService.StartConsumerAsync(asOne, "one"))
            await using (TestService receiver = await TestService.StartConsumerAsync(asTwo, "two", new Behaviour
            {
                Run = (message, _, _, _) => message.Number == 2 ? throw new InvalidOperationException("no") : Task.CompletedTask,
            }, options => options.Retry.MaxAttempts = 1))
            {
                await sender.Bus.PublishAsync(new Noted("a", 1), new PublishOptions("a", Guid.CreateVersion7()));
                await Eventually.HoldsAsync(async () => await Database.CountAsync(database, "effect") == 2, "both queues handle it");
                await sender.Bus.PublishAsync(new Noted("a", 2), new PublishOptions("a", Guid.CreateVersion7()));
                await sender.Bus.PublishAsync(
                    new Noted("a", 3), new PublishOptions("a", Guid.CreateVersion7()) { NotBefore = DateTimeOffset.UtcNow.AddSeconds(1) });
                await Eventually.HoldsAsync(async () => (await receiver.DeadLetters.ListAsync()).Count == 1, "it is dead in one queue");
                (await sender.DeadLetters.ReplayAllAsync()).ShouldBe(0);
                await Database.WaitUntilEmptyAsync(database, "one");
            }

            (await Database.CountAsync(asOne, "bus.message")).ShouldBe(0);
            (await Database.CountAsync(asTwo, "bus.message")).ShouldBe(2);
            await AffectsAsync(asOne, "delete from bus.message", 0);
            await AffectsAsync(asOne, "update bus.message set subject = 'x'", 0);
            await AffectsAsync(asOne, "delete from bus.inbox where queue = 'two'", 0);
            await AffectsAsync(asOne, "delete from bus.subscription where queue = 'two'", 0);
            await AffectsAsync(asTwo, "update bus.message set queue = 'one'", null);
            await AffectsAsync(asOne, "insert into bus.inbox values ('two', gen_random_uuid(), 'handled', now())", null);
            await AffectsAsync(asOne, "insert into bus.subscription values ('test.any.v1', 'two')", null);
            await AffectsAsync(asOne, "update bus.queue set role = current_user", null);
            await AffectsAsync(asOne, """
                insert into bus.message (queue, id, source, type, subject, time, datacontenttype, data, state, due_at, waiting_since)
                values ('two', gen_random_uuid(), '/', 'test.any.v1', 'a', now(), 'application/json', '{}', 'pending', now(), now())
                """, null);
            await AffectsAsync(asOne, Message("/accessgov/one", "test.noted.v1"), 1);
            await AffectsAsync(asOne, Message("/accessgov/two", "test.noted.v1"), null);
            await AffectsAsync(asOne, Message("/accessgov/one/two", "test.noted.v1"), null);
            await Database.ExecuteAsync(admin, """
                insert into bus.subscription values ('accessgov.one.said.v1', 'two'), ('accessgov.two.said.v1', 'two'),
                    ('accessgov.audit.said.v1', 'two')
                """);
            await AffectsAsync(asOne, Message("/accessgov/one", "accessgov.one.said.v1"), 1);
            await AffectsAsync(asOne, Message("/accessgov/one", "accessgov.audit.said.v1"), 1);
            await AffectsAsync(asOne, Message("/accessgov/one", "accessgov.two.said.v1"), null);
            await AffectsAsync(asOne, "truncate bus.message", null);
            await AffectsAsync(asOne, "create table bus.mine (id integer)", null);
            await AffectsAsync(asOne, "drop policy publish on bus.message", null);
            await AffectsAsync(asOne, "select * from two.secret", null);
            await AffectsAsync(asOne, "select * from public.other", null);
        }
        finally
        {
            NpgsqlConnection.ClearAllPools();
            await Database.ExecuteAsync(admin, $"drop owned by {one}, {two} cascade; drop role {one}, {two}");
        }
    }

    private static string Message(string source, string type) => $$"""
        insert into bus.message (queue, id, source, type, subject, time, datacontenttype, data, state, due_at, waiting_since)
        values ('two', gen_random_uuid(), '{{source}}', '{{type}}', 'a', now(), 'application/json', '{}', 'pending', now(), now())
        """;

    /// <summary>How many rows a statement touches; null for "permission denied".</summary>
    private static async Task AffectsAsync(string connectionString, string sql, int? rows)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        if (rows is { } expected)
        {
            (await command.ExecuteNonQueryAsync()).ShouldBe(expected, sql);
        }
        else
        {
            PostgresException refused = await Should.ThrowAsync<PostgresException>(() => command.ExecuteNonQueryAsync(), sql);
            refused.SqlState.ShouldBe(PostgresErrorCodes.InsufficientPrivilege, sql);
        }
    }

    private static string As(string connectionString, string role) =>
        new NpgsqlConnectionStringBuilder(connectionString) { Username = role, Password = "test" }.ConnectionString;
}
