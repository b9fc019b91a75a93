using AccessGov.Testing;

namespace AccessGov.Messaging.Tests;

public sealed class RetryTests
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 8, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(1, 0.0, 5.0)]
    [InlineData(1, 0.999999, 10.0)]
    [InlineData(2, 0.5, 15.0)]
    [InlineData(3, 0.5, 30.0)]
    [InlineData(4, 0.5, 45.0)]
    [InlineData(2000, 0.5, 45.0)]
    public void The_delay_doubles_up_to_the_longest_and_jitter_takes_up_to_half_of_it(int failures, double jitter, double seconds)
    {
        var retry = new RetryOptions { FirstDelay = TimeSpan.FromSeconds(10), MaxDelay = TimeSpan.FromSeconds(60) };

        retry.DelayAfter(failures, jitter).TotalSeconds.ShouldBe(seconds, 0.001);
    }

    [Fact]
    public async Task A_failed_message_is_tried_again_when_its_delay_is_over_and_is_dead_after_the_last_attempt()
    {
        PostgresServer server = await PostgresServer.SharedAsync();
        string database = await Database.CreateAsync(server, "sender", "receiver");
        var clock = new ManualClock(Start);
        var behaviour = new Behaviour
        {
            Run = (message, _, _, _) => message.Subject == "a" ? throw new InvalidOperationException(new string('x', 1_000)) : Task.CompletedTask,
        };
        await using TestService sender = await TestService.StartAsync(database, "sender", clock: clock);
        await using TestService receiver = await TestService.StartConsumerAsync(database, "receiver", behaviour, Slow, clock: clock);
        int Attempts() => behaviour.Seen.Count(envelope => envelope.Subject == "a");

        await sender.Bus.PublishAsync(new Noted("a", 1), new PublishOptions("a", Guid.CreateVersion7()));
        await FailedAsync(database, 1);
        (await Database.ScalarAsync(database, "select due_at from bus.message")).ShouldBe(Start.AddSeconds(7.5).UtcDateTime);

        clock.Advance(TimeSpan.FromSeconds(7.4));
        await PassAnotherSubjectAsync(sender, database, 1);
        Attempts().ShouldBe(1);

        clock.Advance(TimeSpan.FromSeconds(0.2));
        await FailedAsync(database, 2);
        (await Database.ScalarAsync(database, "select due_at from bus.message")).ShouldBe(Start.AddSeconds(7.6 + 15).UtcDateTime);

        clock.Advance(TimeSpan.FromSeconds(15));
        await Eventually.HoldsAsync(async () => (await receiver.DeadLetters.ListAsync()).Count == 1, "it is dead");
        DeadLetter dead = (await receiver.DeadLetters.ListAsync()).Single();
        dead.Code.ShouldBe("handler_failed");
        dead.Failures.ShouldBe(3);
        dead.Error.ShouldStartWith("System.InvalidOperationException: xxx");
        dead.Error.Length.ShouldBe(300);
        dead.DeadSince.ShouldBe(clock.GetUtcNow());

        clock.Advance(TimeSpan.FromDays(1));
        await PassAnotherSubjectAsync(sender, database, 2);
        Attempts().ShouldBe(3);
        (await Database.CountAsync(database, "effect where subject = 'a'")).ShouldBe(0);
    }

    [Fact]
    public async Task A_deadlock_is_tried_again_at_once_and_not_counted_as_a_failure()
    {
        PostgresServer server = await PostgresServer.SharedAsync();
        string database = await Database.CreateAsync(server, "sender", "receiver");
        int runs = 0;
        var behaviour = new Behaviour
        {
            Run = async (_, _, transaction, cancellation) =>
            {
                if (++runs == 1)
                {
                    await using var command = new Npgsql.NpgsqlCommand("do $$ begin raise sqlstate '40P01'; end $$", transaction.Connection, transaction);
                    await command.ExecuteNonQueryAsync(cancellation);
                }
            },
        };
        await using TestService sender = await TestService.StartAsync(database, "sender");
        await using TestService receiver = await TestService.StartConsumerAsync(database, "receiver", behaviour);

        await sender.Bus.PublishAsync(new Noted("a", 1), new PublishOptions("a", Guid.CreateVersion7()));

        await Database.WaitUntilEmptyAsync(database, "receiver");
        behaviour.Seen.Select(envelope => envelope.Attempt).ShouldBe([1, 1]);
        (await Database.CountAsync(database, "effect")).ShouldBe(1);
    }

    [Fact]
    public async Task A_handler_that_takes_too_long_is_cancelled_and_its_writes_are_undone()
    {
        PostgresServer server = await PostgresServer.SharedAsync();
        string database = await Database.CreateAsync(server, "sender", "receiver");
        var behaviour = new Behaviour { Run = (_, _, _, cancellation) => Task.Delay(Timeout.Infinite, cancellation) };
        await using TestService sender = await TestService.StartAsync(database, "sender");
        await using TestService receiver = await TestService.StartConsumerAsync(database, "receiver", behaviour, options =>
        {
            options.HandlerTimeout = TimeSpan.FromMilliseconds(50);
            options.Retry.MaxAttempts = 2;
        });

        await sender.Bus.PublishAsync(new Noted("a", 1), new PublishOptions("a", Guid.CreateVersion7()));

        await Eventually.HoldsAsync(async () => (await receiver.DeadLetters.ListAsync()).Count == 1, "it is dead");
        (await receiver.DeadLetters.ListAsync()).Single().Code.ShouldBe("handler_timed_out");
        (await Database.CountAsync(database, "effect")).ShouldBe(0);
    }

    private static void Slow(MessagingOptions options)
    {
        options.Retry.MaxAttempts = 3;
        options.Retry.FirstDelay = TimeSpan.FromSeconds(10);
        options.Retry.MaxDelay = TimeSpan.FromSeconds(60);
        options.Retry.Jitter = () => 0.5;
    }

    private static Task FailedAsync(string database, int times) => Eventually.HoldsAsync(
        async () => await Database.CountAsync(database, $"bus.message where failures = {times}") == 1, $"failure {times} is recorded");

    private static async Task PassAnotherSubjectAsync(TestService sender, string database, int number)
    {
        await sender.Bus.PublishAsync(new Noted("b", number), new PublishOptions("b", Guid.CreateVersion7()));
        await Eventually.HoldsAsync(async () => await Database.CountAsync(database, $"effect where subject = 'b' and number = {number}") == 1, "another subject goes on");
    }
}
