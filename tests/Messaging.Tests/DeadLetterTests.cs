using AccessGov.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Npgsql;

namespace AccessGov.Messaging.Tests;

/// <summary>Takes access away in the tests: it must not wait behind a dead letter.</summary>
public static class WhenEchoed
{
    public static async Task Handle(Echoed message, MessageEnvelope envelope, NpgsqlTransaction transaction, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(
            "insert into effect (queue, subject, number, message) values ('receiver', $1, $2, $3)", transaction.Connection, transaction);
        Array.ForEach<object>([envelope.Subject, int.Parse(message.Text), envelope.Id], value => command.Parameters.Add(new() { Value = value }));
        await command.ExecuteNonQueryAsync(cancellation);
    }
}

public sealed class DeadLetterTests : IAsyncLifetime
{
    private readonly HashSet<int> failing = [1];
    private string database = "";
    private TestService sender = null!;
    private TestService receiver = null!;

    public async Task InitializeAsync()
    {
        PostgresServer server = await PostgresServer.SharedAsync();
        database = await Database.CreateAsync(server, "sender", "receiver");
        var behaviour = new Behaviour
        {
            Run = (message, _, _, _) => failing.Contains(message.Number) ? throw new InvalidOperationException("no") : Task.CompletedTask,
        };
        sender = await TestService.StartAsync(database, "sender");
        receiver = await TestService.StartConsumerAsync(database, "receiver", behaviour, options =>
        {
            options.Retry.MaxAttempts = 2;
            options.Handler(typeof(WhenEchoed), overtakesDeadLetters: true);
        });
    }

    public async Task DisposeAsync()
    {
        await receiver.DisposeAsync();
        await sender.DisposeAsync();
    }

    [Fact]
    public async Task The_subject_of_a_dead_letter_waits_and_goes_on_in_order_after_a_replay()
    {
        Guid first = await PublishAsync("a", 1);
        await PublishAsync("a", 2);
        await PublishAsync("b", 3);
        await DeadAsync(1);
        await EffectAsync("b", 3);

        QueueState state = await receiver.Get<QueueFigures>().ReadAsync();
        (state.Dead, state.Waiting, state.Blocked).ShouldBe((1, 1, 1));
        (await Database.CountAsync(database, "effect where subject = 'a'")).ShouldBe(0);

        failing.Clear();
        (await receiver.DeadLetters.ReplayAsync(Guid.CreateVersion7())).ShouldBeFalse();
        (await receiver.DeadLetters.ReplayAsync(first)).ShouldBeTrue();
        await Database.WaitUntilEmptyAsync(database, "receiver");

        (await Database.EffectsAsync(database, "receiver"))["a"].ShouldBe([1, 2]);
        (await receiver.DeadLetters.ListAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task All_dead_letters_can_be_replayed_at_once_and_have_all_their_attempts_again()
    {
        await PublishAsync("a", 1);
        await PublishAsync("b", 1);
        await DeadAsync(2);

        (await receiver.DeadLetters.ReplayAllAsync()).ShouldBe(2);
        await Eventually.HoldsAsync(() => receiver.Behaviour.Seen.Count == 8, "both are tried twice more");
        await DeadAsync(2);

        failing.Clear();
        (await receiver.DeadLetters.ReplayAllAsync()).ShouldBe(2);
        await Database.WaitUntilEmptyAsync(database, "receiver");
        (await Database.CountAsync(database, "effect")).ShouldBe(2);
    }

    [Fact]
    public async Task A_discarded_message_lets_its_subject_go_on_and_does_not_come_back()
    {
        Guid first = await PublishAsync("a", 1);
        await PublishAsync("a", 2);
        await DeadAsync(1);
        failing.Clear();

        (await receiver.DeadLetters.DiscardAsync(first)).ShouldBeTrue();
        await EffectAsync("a", 2);
        await sender.Bus.PublishAsync(new Noted("a", 1), new PublishOptions("a", first));
        await Database.WaitUntilEmptyAsync(database, "receiver");

        (await Database.EffectsAsync(database, "receiver"))["a"].ShouldBe([2]);
        (await Database.ScalarAsync(database, $"select outcome from bus.inbox where id = '{first}'")).ShouldBe("discarded");
    }

    [Fact]
    public async Task What_takes_access_away_overtakes_a_dead_letter_and_what_waits_behind_it()
    {
        await PublishAsync("a", 1);
        await PublishAsync("a", 2);
        await DeadAsync(1);

        await sender.Bus.PublishAsync(new Echoed("9"), new PublishOptions("a", Guid.CreateVersion7()));
        await EffectAsync("a", 9);
        failing.Clear();
        await receiver.DeadLetters.ReplayAllAsync();
        await Database.WaitUntilEmptyAsync(database, "receiver");

        (await Database.EffectsAsync(database, "receiver"))["a"].ShouldBe([9, 1, 2]);
    }

    [Fact]
    public async Task What_cannot_be_decoded_and_what_nobody_handles_are_dead_at_once()
    {
        await Database.ScalarAsync(database, "insert into bus.subscription values ('test.unknown.v1', 'receiver')");
        await Database.ScalarAsync(database, """
            insert into bus.message (queue, id, source, type, subject, time, datacontenttype, data, state, due_at, waiting_since)
            select 'receiver', gen_random_uuid(), '/test', t, t, now(), 'application/json', '{"subject": "Jane Doe"}', 'pending', '-infinity', now()
            from unnest(array['test.noted.v1', 'test.unknown.v1']) t
            """);

        await DeadAsync(2);
        IReadOnlyList<DeadLetter> dead = await receiver.DeadLetters.ListAsync();
        dead.Select(letter => letter.Code).ShouldBe(["undecodable", "unknown_message"]);
        dead.ShouldAllBe(letter => letter.Failures == 1 && !letter.Error.Contains("Jane"));
        receiver.Behaviour.Seen.ShouldBeEmpty();
    }

    [Fact]
    public async Task Health_is_degraded_and_shows_the_figures_of_the_queue()
    {
        var health = receiver.Get<HealthCheckService>();
        (await health.CheckHealthAsync()).Entries["messaging"].Status.ShouldBe(HealthStatus.Healthy);
        await PublishAsync("a", 1);
        await PublishAsync("a", 2);
        await sender.Bus.PublishAsync(new Noted("a", 3), new PublishOptions("a", Guid.CreateVersion7()) { NotBefore = DateTimeOffset.MaxValue.AddYears(-5000) });
        await DeadAsync(1);

        HealthReportEntry entry = (await health.CheckHealthAsync()).Entries["messaging"];

        entry.Status.ShouldBe(HealthStatus.Degraded);
        entry.Description!.ShouldBe("1 dead letters in receiver, and 1 messages wait behind them: replay or discard them.");
        entry.Data.Where(pair => pair.Value is long).OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"{pair.Key} {pair.Value}").ShouldBe(
            ["receiver.blocked 1", "receiver.dead 1", "receiver.retrying 0", "receiver.scheduled 1", "receiver.waiting 1"]);
        ((double)entry.Data["receiver.oldest_waiting_seconds"]).ShouldBeGreaterThan(0);
    }

    private async Task<Guid> PublishAsync(string subject, int number)
    {
        var id = Guid.CreateVersion7();
        await sender.Bus.PublishAsync(new Noted(subject, number), new PublishOptions(subject, id));
        return id;
    }

    private Task DeadAsync(int count) =>
        Eventually.HoldsAsync(async () => (await receiver.DeadLetters.ListAsync()).Count == count, $"{count} dead letters");

    private Task EffectAsync(string subject, int number) => Eventually.HoldsAsync(
        async () => await Database.CountAsync(database, $"effect where subject = '{subject}' and number = {number}") == 1, "the effect is there");
}
