using AccessGov.Testing;

namespace AccessGov.Messaging.Tests;

public sealed class SchedulingTests
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 8, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task A_scheduled_message_is_handled_when_it_is_due_and_holds_nobody_up_before()
    {
        PostgresServer server = await PostgresServer.SharedAsync();
        string database = await Database.CreateAsync(server, "sender", "receiver");
        var clock = new ManualClock(Start);
        await using TestService sender = await TestService.StartAsync(database, "sender", clock: clock);
        await using TestService receiver = await TestService.StartConsumerAsync(database, "receiver", clock: clock);
        Task PublishAsync(int number, DateTimeOffset? notBefore) =>
            sender.Bus.PublishAsync(new Noted("a", number), new PublishOptions("a", Guid.CreateVersion7()) { NotBefore = notBefore });
        Task EffectsAsync(params int[] numbers) => Eventually.HoldsAsync(
            async () => (await Database.EffectsAsync(database, "receiver")).GetValueOrDefault("a")?.SequenceEqual(numbers) == true, string.Join(' ', numbers));

        await PublishAsync(5, Start.AddHours(5));
        await PublishAsync(4, Start.AddHours(4));
        await PublishAsync(1, null);
        await PublishAsync(2, Start.AddHours(-1));
        await EffectsAsync(1, 2);

        clock.Advance(TimeSpan.FromHours(3.99));
        await PublishAsync(3, null);
        await EffectsAsync(1, 2, 3);

        clock.Advance(TimeSpan.FromHours(2));
        await EffectsAsync(1, 2, 3, 4, 5);
    }
}
