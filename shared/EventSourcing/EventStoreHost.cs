using System.Net.Sockets;
using AccessGov.EventSourcing.Subscriptions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace AccessGov.EventSourcing;

/// <summary>
/// Starts the store and its subscriptions with the host. A database that does not let it start is waited for beside the host, so that the host can say why it is
/// not ready.
/// </summary>
internal sealed class EventStoreHost(
    PostgresEventStore store, IEnumerable<ISubscription> subscriptions, SubscriptionStates states, TimeProvider time, ILogger<EventStoreHost> logger)
    : IHostedService, IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan RetryLeast = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan RetryMost = TimeSpan.FromSeconds(5);
    private readonly CancellationTokenSource stopping = new();
    private readonly FailureLog failures = new(time, logger);
    private readonly string notStarted = $"The event store of schema {store.Options.Schema} has not started";
    private Task running = Task.CompletedTask;
    private bool disposed;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        ISubscription[] all = [.. subscriptions];
        if (all.GroupBy(subscription => subscription.Name, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1) is { } twice)
        {
            throw new InvalidOperationException($"Two subscriptions are called {twice.Key}.");
        }

        using var patience = new CancellationTokenSource(Patience, time);
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, patience.Token);
        try
        {
            await store.StartAsync(bound.Token);
            running = FeedAsync(all);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested && (IsOutage(e) || patience.IsCancellationRequested))
        {
            Tell(e);
            running = Task.Run(() => StartWhenItCanAsync(all), CancellationToken.None);
        }
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        // A host may be stopped twice, and after it was disposed.
        if (disposed)
        {
            return;
        }

        await stopping.CancelAsync();
        try
        {
            await running.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // As a BackgroundService does: a host whose patience is over ends, it does not crash.
        }
    }

    public void Dispose()
    {
        disposed = true;
        stopping.Dispose();
        failures.Dispose();
    }

    /// <summary>Why the store cannot start, for people: without addresses and names, which the log has.</summary>
    internal static string Sentence(Exception failure) => failure switch
    {
        PostgresException { SqlState: PostgresErrorCodes.CannotConnectNow } => "The database is starting up and takes no connections yet; it is tried again until it does.",
        PostgresException { SqlState: ['2', '8', ..] } e => $"The database refuses the service's login ({e.SqlState}); it is tried again until it does not.",
        PostgresException { SqlState: PostgresErrorCodes.InvalidCatalogName } => "The service's database does not exist; it is tried again until it does.",
        PostgresException { SqlState: PostgresErrorCodes.InsufficientPrivilege } => "The service's login role lacks a right in the database; it is tried again until it has it.",
        PostgresException e => $"The database answers with an error ({e.SqlState}); it is tried again until it does not.",
        InvalidOperationException => failure.Message,
        _ => "The database cannot be reached; it is tried again until it can.",
    };

    private static bool IsOutage(Exception failure) => failure is NpgsqlException or SocketException or IOException or TimeoutException;

    private async Task StartWhenItCanAsync(ISubscription[] all)
    {
        for (TimeSpan pause = RetryLeast; !stopping.IsCancellationRequested; pause = pause * 2 < RetryMost ? pause * 2 : RetryMost)
        {
            await Task.Delay(pause, time, stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            try
            {
                await store.StartAsync(stopping.Token);
                failures.Over(notStarted);
                await FeedAsync(all);
                return;
            }
            catch (Exception e) when (!stopping.IsCancellationRequested)
            {
                Tell(e);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private Task FeedAsync(ISubscription[] all) => Task.WhenAll(all.Select(subscription => Task.Run(
        () => new SubscriptionRunner(store, subscription, states, time, failures).RunAsync(stopping.Token), CancellationToken.None)));

    private void Tell(Exception failure)
    {
        store.State.NotStarted = Sentence(failure);
        // The message alone: a trace of the driver tells nobody what to do.
        failures.Outage(
            notStarted, $"{store.State.NotStarted} ({(failure is PostgresException e ? e.MessageText : failure.Message)})",
            level: LogLevel.Error);
    }
}
