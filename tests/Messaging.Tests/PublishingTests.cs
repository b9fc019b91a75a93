using AccessGov.Testing;
using Npgsql;

namespace AccessGov.Messaging.Tests;

public sealed class PublishingTests
{
    private delegate Task Publish(IMessageBus bus, object message, PublishOptions options, NpgsqlTransaction transaction);

    [Fact]
    public async Task What_is_rolled_back_sends_nothing_and_what_commits_is_sent_once_to_each_subscriber()
    {
        IReadOnlyList<string> faults = await RunAsync((bus, message, options, transaction) => bus.PublishAsync(message, options, transaction));

        faults.ShouldBeEmpty();
    }

    [Fact]
    public async Task The_same_test_catches_a_publish_outside_of_the_transaction()
    {
        IReadOnlyList<string> faults = await RunAsync((bus, message, options, _) => bus.PublishAsync(message, options));

        faults.ShouldContain("sent after a rollback");
    }

    [Fact]
    public async Task A_publish_without_a_subscriber_is_legal()
    {
        PostgresServer server = await PostgresServer.SharedAsync();
        string database = await Database.CreateAsync(server, "sender");
        await using TestService sender = await TestService.StartAsync(database, "sender");

        await sender.Bus.PublishAsync(new Noted("a", 1), new PublishOptions("a", Guid.CreateVersion7()));

        (await Database.CountAsync(database, "bus.message")).ShouldBe(0);
    }

    [Fact]
    public async Task A_message_arrives_well_before_the_poll_would_find_it()
    {
        var poll = TimeSpan.FromSeconds(20);
        PostgresServer server = await PostgresServer.SharedAsync();
        string database = await Database.CreateAsync(server, "sender", "receiver");
        await using TestService sender = await TestService.StartAsync(database, "sender");
        await using TestService receiver = await TestService.StartConsumerAsync(database, "receiver", configure: options => options.PollEvery = poll);
        var latencies = new List<TimeSpan>();
        for (int number = 1; number <= 10; number++)
        {
            long start = TimeProvider.System.GetTimestamp();
            await sender.Bus.PublishAsync(new Noted("a", number), new PublishOptions("a", Guid.CreateVersion7()));
            await Eventually.HoldsAsync(() => receiver.Behaviour.Seen.Count == number, "the message arrives");
            latencies.Add(TimeProvider.System.GetElapsedTime(start));
        }

        // What is sent right after a poll waits almost as long as the next one takes to come; now and then a commit that hangs is left to it.
        latencies.Order().ElementAt(5).ShouldBeLessThan(poll / 2);
    }

    private static async Task<IReadOnlyList<string>> RunAsync(Publish publish)
    {
        PostgresServer server = await PostgresServer.SharedAsync();
        string database = await Database.CreateAsync(server, "sender", "one", "two");
        await using TestService sender = await TestService.StartAsync(database, "sender");
        await using TestService one = await TestService.StartConsumerAsync(database, "one");
        await using TestService two = await TestService.StartConsumerAsync(database, "two");
        await using NpgsqlDataSource pool = NpgsqlDataSource.Create(database);

        await using (NpgsqlConnection connection = await pool.OpenConnectionAsync())
        {
            await using NpgsqlTransaction lost = await connection.BeginTransactionAsync();
            await publish(sender.Bus, new Noted("a", 1), new PublishOptions("a", Guid.CreateVersion7()), lost);
            await lost.RollbackAsync();
            await using NpgsqlTransaction kept = await connection.BeginTransactionAsync();
            await publish(sender.Bus, new Noted("a", 2), new PublishOptions("a", Guid.CreateVersion7()), kept);
            await kept.CommitAsync();
        }

        var faults = new List<string>();
        foreach (string queue in (string[])["one", "two"])
        {
            await Eventually.HoldsAsync(
                async () => await Database.CountAsync(database, $"effect where queue = '{queue}' and number = 2") == 1, "the kept message arrives");
            await Database.WaitUntilEmptyAsync(database, queue);
            List<int> numbers = (await Database.EffectsAsync(database, queue))["a"];
            faults.AddRange(numbers.Contains(1) ? ["sent after a rollback"] : []);
            faults.AddRange(numbers.Count(number => number == 2) == 1 ? [] : ["not sent once"]);
        }

        return faults;
    }
}
