using AccessGov.Messaging.Postgres;
using AccessGov.Testing;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace AccessGov.Messaging.Tests;

public sealed class InboxTests
{
    private static readonly QueueStatements WithoutInbox = QueueStatements.Default with
    {
        Inbox = "insert into bus.inbox (queue, id, outcome, at) select $1, gen_random_uuid(), 'handled', $3 where $2 is not null",
    };

    [Fact]
    public async Task A_message_that_arrives_twice_takes_effect_once() =>
        (await EffectsOfADuplicateAsync(QueueStatements.Default)).ShouldBe(1);

    [Fact]
    public async Task The_same_test_catches_a_consumer_without_an_inbox() =>
        (await EffectsOfADuplicateAsync(WithoutInbox)).ShouldBe(2);

    [Fact]
    public async Task A_crash_between_the_commit_of_a_handler_in_another_database_and_the_acknowledgement_takes_effect_once() =>
        (await EffectsOfALostAcknowledgementAsync(QueueStatements.Default)).ShouldBe(1);

    [Fact]
    public async Task The_same_test_catches_a_lost_acknowledgement_without_an_inbox()
    {
        // A consumer that notices the cut before its handler has committed rolls the handler back: then nothing is doubled, and it is cut once more.
        long most = 0;
        for (int attempt = 0; attempt < 5 && most < 2; attempt++)
        {
            most = Math.Max(most, await EffectsOfALostAcknowledgementAsync(WithoutInbox));
        }

        most.ShouldBe(2);
    }

    [Fact]
    public async Task A_handler_that_loses_its_connection_is_tried_again_and_counted_and_takes_effect_once()
    {
        PostgresServer server = await PostgresServer.SharedAsync();
        string database = await Database.CreateAsync(server, "sender", "receiver");
        var behaviour = new Behaviour
        {
            Run = async (_, envelope, transaction, cancellation) =>
            {
                if (envelope.Attempt < 3)
                {
                    await using var command = new NpgsqlCommand("select pg_terminate_backend(pg_backend_pid())", transaction.Connection, transaction);
                    await command.ExecuteNonQueryAsync(cancellation);
                }
            },
        };
        await using TestService sender = await TestService.StartAsync(database, "sender");
        await using TestService receiver = await TestService.StartConsumerAsync(database, "receiver", behaviour);

        await sender.Bus.PublishAsync(new Noted("a", 1), new PublishOptions("a", Guid.CreateVersion7()));

        await Database.WaitUntilEmptyAsync(database, "receiver");
        (await Database.CountAsync(database, "effect")).ShouldBe(1);
        behaviour.Seen.Select(envelope => envelope.Attempt).Distinct().ShouldBe([1, 2, 3]);
    }

    [Fact]
    public async Task Old_rows_of_the_inbox_are_removed_and_young_ones_kept()
    {
        PostgresServer server = await PostgresServer.SharedAsync();
        string database = await Database.CreateAsync(server, "receiver");
        await Database.ScalarAsync(
            database,
            "insert into bus.inbox select 'receiver', gen_random_uuid(), 'handled', now() - make_interval(days => d) from unnest(array[29, 31]) d");

        await using TestService receiver = await TestService.StartConsumerAsync(database, "receiver");

        await Eventually.HoldsAsync(async () => await Database.CountAsync(database, "bus.inbox") == 1, "the old row is removed");
    }

    private static async Task<long> EffectsOfADuplicateAsync(QueueStatements sql)
    {
        PostgresServer server = await PostgresServer.SharedAsync();
        string database = await Database.CreateAsync(server, "sender", "receiver");
        await using TestService sender = await TestService.StartAsync(database, "sender");
        await using TestService receiver = await TestService.StartConsumerAsync(database, "receiver", sql: sql);
        var options = new PublishOptions("a", Guid.CreateVersion7());

        await sender.Bus.PublishAsync(new Noted("a", 1), options);
        await sender.Bus.PublishAsync(new Noted("a", 1), options);

        await Database.WaitUntilEmptyAsync(database, "receiver");
        return await Database.CountAsync(database, "effect");
    }

    private static async Task<long> EffectsOfALostAcknowledgementAsync(QueueStatements sql)
    {
        PostgresServer server = await PostgresServer.SharedAsync();
        string bus = await Database.CreateAsync(server, "sender", "receiver");
        string trail = await Database.CreateAsync(server, "receiver");
        bool crashed = false;
        var behaviour = new Behaviour
        {
            Run = async (_, _, _, _) =>
            {
                if (!crashed)
                {
                    crashed = true;
                    // The one that holds the subject's lock is the taker; it is gone before its handler commits.
                    const string cut = """
                        select count(*) filter (where pg_terminate_backend(pid, 60000)) from pg_locks
                        where locktype = 'advisory' and granted and database = (select oid from pg_database where datname = current_database())
                          and classid = (hashtext('bus')::bigint & 4294967295)::oid and objid = (hashtext('receiver a')::bigint & 4294967295)::oid
                        """;
                    (await Database.ScalarAsync(bus, cut)).ShouldBe(1L);
                }
            },
        };
        await using NpgsqlDataSource trailPool = NpgsqlDataSource.Create(trail);
        await using TestService sender = await TestService.StartAsync(bus, "sender");
        await using TestService receiver = await TestService.StartConsumerAsync(
            bus, "receiver", behaviour, options => options.HandlerDataSource = _ => trailPool, sql);

        await sender.Bus.PublishAsync(new Noted("a", 1), new PublishOptions("a", Guid.CreateVersion7()));

        await Database.WaitUntilEmptyAsync(bus, "receiver");
        crashed.ShouldBeTrue();
        return await Database.CountAsync(trail, "effect");
    }
}
