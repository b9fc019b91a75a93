using AccessGov.Testing;
using Npgsql;

namespace AccessGov.Messaging.Tests;

public sealed class PowerCutTests
{
    [Fact]
    public async Task Nothing_is_lost_doubled_or_reordered_when_PostgreSQL_is_killed_in_the_middle_of_a_stream()
    {
        const int subjects = 4, each = 150;
        string home = Directory.CreateTempSubdirectory("accessgov-powercut-").FullName;
        PostgresServer server = await PostgresServer.StartPrivateAsync(dataDirectory: home);
        try
        {
            int port = new NpgsqlConnectionStringBuilder(server.ConnectionString).Port;
            string database = await Database.CreateAsync(server, "sender", "receiver");
            await using TestService sender = await TestService.StartAsync(database, "sender");
            await using TestService first = await TestService.StartConsumerAsync(database, "receiver", configure: options => options.Retry.MaxAttempts = 100);
            await using TestService second = await TestService.StartConsumerAsync(database, "receiver", configure: options => options.Retry.MaxAttempts = 100);

            int published = 0;
            Task publishing = Task.WhenAll(Enumerable.Range(0, subjects).Select(async subject =>
            {
                for (int number = 1; number <= each; number++)
                {
                    await PublishUntilAcknowledgedAsync(sender.Bus, $"subject-{subject}", number);
                    Interlocked.Increment(ref published);
                }
            }));
            foreach (int cut in (int[])[subjects * each / 4, subjects * each * 2 / 3])
            {
                await Eventually.HoldsAsync(() => published >= cut, "the stream flows", 2 * Eventually.Bound);
                server.Kill();
                server = await PostgresServer.StartPrivateAsync(port, home);
            }

            await publishing;

            // The test's own pooled connections died with the server.
            string fresh = database + ";Pooling=false";
            await Database.WaitUntilEmptyAsync(fresh, "receiver", 2 * Eventually.Bound);
            Dictionary<string, List<int>> effects = await Database.EffectsAsync(fresh, "receiver");
            effects.Count.ShouldBe(subjects);
            effects.Values.ShouldAllBe(numbers => numbers.SequenceEqual(Enumerable.Range(1, each)));
        }
        finally
        {
            server.Kill();
            Directory.Delete(home, recursive: true);
        }
    }

    /// <summary>A sender that does not know whether its commit arrived sends the same message again, with the same id.</summary>
    private static async Task PublishUntilAcknowledgedAsync(IMessageBus bus, string subject, int number)
    {
        var options = new PublishOptions(subject, Guid.CreateVersion7());
        while (true)
        {
            try
            {
                await bus.PublishAsync(new Noted(subject, number), options);
                return;
            }
            catch (NpgsqlException)
            {
                await Task.Delay(20);
            }
        }
    }
}
