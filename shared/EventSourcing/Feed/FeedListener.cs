using System.Globalization;
using Npgsql;

namespace AccessGov.EventSourcing.Feed;

/// <summary>Listens for what other processes committed and numbered. Only a faster alarm clock: everyone who waits also polls.</summary>
internal sealed class FeedListener(NpgsqlDataSource dataSource, string schema, FeedState state, TimeProvider time, FailureLog failures)
{
    private readonly string unheard = $"The event store of schema {schema} does not hear notifications and polls until they are back";

    public async Task RunAsync(CancellationToken cancellation)
    {
        while (!cancellation.IsCancellationRequested)
        {
            try
            {
                await ListenAsync(cancellation);
            }
            catch (Exception e) when (!cancellation.IsCancellationRequested)
            {
                failures.Outage(unheard, e.Message, e);
                await Task.Delay(TimeSpan.FromSeconds(1), time, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private async Task ListenAsync(CancellationToken cancellation)
    {
        await using NpgsqlConnection connection = await dataSource.OpenConnectionAsync(cancellation);
        connection.Notification += (_, notification) =>
        {
            if (notification.Channel.EndsWith("_numbered", StringComparison.Ordinal)
                && long.TryParse(notification.Payload, CultureInfo.InvariantCulture, out long head))
            {
                state.Advance(head);
            }
            else
            {
                state.Appended.Pulse();
            }
        };
        await using (var listen = new NpgsqlCommand($"listen {schema}_numbered; listen {schema}_appended", connection))
        {
            await listen.ExecuteNonQueryAsync(cancellation);
        }

        failures.Over(unheard);
        while (true)
        {
            await connection.WaitAsync(cancellation);
        }
    }
}
