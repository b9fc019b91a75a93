using System.Diagnostics;
using AccessGov.EventSourcing.Feed;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace AccessGov.EventSourcing.Subscriptions;

/// <summary>
/// Hands batches to one subscription, for ever. Its writes and its position commit together, and the position moves only from where the batch
/// began, so a batch has its effect once, whatever dies and whoever else runs the same subscription.
/// </summary>
internal sealed class SubscriptionRunner(
    PostgresEventStore store, ISubscription subscription, SubscriptionStates states, TimeProvider time, FailureLog failures)
{
    private static readonly TimeSpan RetryMost = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan UntilWanted = TimeSpan.FromSeconds(1);
    private readonly string failing = $"Subscription {subscription.Name} fails and tries again until it succeeds";
    private readonly SubscriptionProgress progress = new(store.Options.Schema);

    public async Task RunAsync(CancellationToken cancellation)
    {
        states.Works(subscription.Name);
        for (int attempts = 0; !cancellation.IsCancellationRequested;)
        {
            try
            {
                long position = await BeginAsync(cancellation);
                while (true)
                {
                    position = await StepAsync(position, cancellation);
                    attempts = 0;
                    failures.Over(failing);
                    states.Works(subscription.Name);
                }
            }
            catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                // Order is kept: the batch that fails is tried again until it succeeds, and health says so.
                attempts++;
                states.Fails(subscription.Name, e.Message);
                TimeSpan pause = TimeSpan.FromMilliseconds(Math.Min(RetryMost.TotalMilliseconds, 100 * Math.Pow(2, Math.Min(attempts, 16))));
                failures.Outage(failing, e.Message, e, LogLevel.Error);
                await Task.Delay(pause, time, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task<long> BeginAsync(CancellationToken cancellation)
    {
        await using NpgsqlConnection connection = await store.DataSource.OpenConnectionAsync(cancellation);
        return await progress.BeginAsync(connection, subscription.Name, cancellation);
    }

    /// <summary>Handles the next batch after a position, or waits for one; answers where to go on.</summary>
    private async Task<long> StepAsync(long position, CancellationToken cancellation)
    {
        if (!await subscription.IsWantedAsync(cancellation))
        {
            await Task.Delay(UntilWanted, time, cancellation);
            return position;
        }

        Task numbered = store.State.Numbered.Next;
        EventReader.Page page = await store.Reader.ReadPageAsync(position, store.Options.SubscriptionBatchMax, cancellation);
        if (page.Through == position)
        {
            await Signal.WaitAsync(numbered, store.Options.PollInterval, time, cancellation);
            cancellation.ThrowIfCancellationRequested();
            return position;
        }

        using Activity? activity = EventStoreTelemetry.Activities.StartActivity("event_store.subscription");
        activity?.SetTag("event_store.subscription.name", subscription.Name);
        await using NpgsqlConnection connection = await store.DataSource.OpenConnectionAsync(cancellation);
        await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(cancellation);
        long? taken = await progress.TryTakeAsync(connection, subscription.Name, cancellation);
        if (taken is null)
        {
            // Another process is at it; look again when it has had time for a batch.
            await transaction.RollbackAsync(cancellation);
            await Task.Delay(store.Options.PollInterval, time, cancellation);
            return position;
        }

        if (taken != position)
        {
            return taken.Value;
        }

        if (page.Events.Count > 0)
        {
            await subscription.HandleAsync(page.Events, transaction, cancellation);
        }

        if (!await progress.TryAdvanceAsync(connection, subscription.Name, position, page.Through, cancellation))
        {
            throw new InvalidOperationException($"The position of subscription {subscription.Name} was moved while a batch was handled.");
        }

        await transaction.CommitAsync(cancellation);
        EventStoreTelemetry.EventsHandled.Add(page.Events.Count, new KeyValuePair<string, object?>("subscription", subscription.Name));
        return page.Through;
    }
}
