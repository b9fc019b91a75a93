using AccessGov.Contracts.Audit.V1;
using AccessGov.EventSourcing;
using AccessGov.Messaging;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace AccessGov.TrailFeed;

/// <summary>Recounts the service's stores when it starts and then once a day, and tells what is there. One replica does it at a
/// time.</summary>
internal sealed class StoreRecount(
    IEnumerable<IRecount> stores, IMessageBus bus, IEventStore store, NpgsqlDataSource source, AuditFeedOptions options, TimeProvider time,
    ILogger<StoreRecount> log)
    : BackgroundService
{
    private const string Failing = "The stores cannot be recounted for the audit trail, it is tried again until it works";

    private readonly FailureLog failures = new(time, log);

    /// <summary>When all stores were last recounted here; null before.</summary>
    public DateTimeOffset? LastAt { get; private set; }

    /// <summary>Why it does not work; null when it does.</summary>
    public string? Failure { get; private set; }

    /// <summary>Recounts now.</summary>
    /// <returns>How many stores were told of; 0 while nobody subscribes, nothing has been told yet or another replica is at it.</returns>
    public async Task<int> RunOnceAsync(CancellationToken cancellation)
    {
        if (!await bus.HasSubscriberAsync<StoreRecounted>(cancellation: cancellation))
        {
            return 0;
        }

        await using NpgsqlConnection turn = await source.OpenConnectionAsync(cancellation);
        if (!await AskAsync(turn, "pg_try_advisory_lock", cancellation))
        {
            return 0;
        }

        try
        {
            int told = 0;
            foreach (IRecount one in stores)
            {
                await foreach (Recount recount in one.CountAsync(cancellation))
                {
                    await bus.PublishAsync(recount.Message, new PublishOptions(recount.Subject, IdOf(recount.Message)), cancellation);
                    told++;
                }
            }

            return told;
        }
        finally
        {
            // A connection that breaks gives the lock back by itself.
            await AskAsync(turn, "pg_advisory_unlock", CancellationToken.None);
        }
    }

    public override void Dispose()
    {
        failures.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await store.Started.WaitAsync(stoppingToken);
        while (!stoppingToken.IsCancellationRequested)
        {
            TimeSpan wait = options.RecountRetry;
            try
            {
                if (await RunOnceAsync(stoppingToken) > 0)
                {
                    LastAt = time.GetUtcNow();
                    wait = options.RecountEvery;
                }

                Failure = null;
                failures.Over();
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                Failure = e is NpgsqlException ? "store_unreachable" : "failed";
                failures.Outage(Failing, e.Message, e);
            }

            await Task.Delay(wait, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static Guid IdOf(StoreRecounted message) => MessageIds.Of(
        StoreRecounted.MessageName, message.Service, message.Stream, $"{message.Through}", message.Digest, message.At.ToString("O"));

    private async Task<bool> AskAsync(NpgsqlConnection connection, string function, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand($"select {function}(hashtextextended($1, 0))", connection);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = $"{options.Schema}.audit_feed" });
        return await command.ExecuteScalarAsync(cancellation) is true;
    }
}
