using AccessGov.Messaging.Postgres;
using Npgsql;

namespace AccessGov.Messaging;

/// <summary>What is in a queue.</summary>
/// <param name="Queue">Its name.</param>
/// <param name="Waiting">Due and not handled, those that wait for a retry or behind a dead letter included.</param>
/// <param name="Retrying">Those of the waiting that have failed at least once.</param>
/// <param name="Blocked">Those of the waiting that come after a dead letter of their subject.</param>
/// <param name="OldestWaiting">How long the oldest of the waiting has been due; zero when there is none.</param>
/// <param name="Scheduled">Not due yet.</param>
/// <param name="Dead">Given up after their last attempt.</param>
public sealed record QueueState(string Queue, long Waiting, long Retrying, long Blocked, TimeSpan OldestWaiting, long Scheduled, long Dead);

/// <summary>Counts the service's queue. Thread-safe.</summary>
public sealed class QueueFigures
{
    private readonly BusDatabase bus;
    private readonly MessagingOptions options;
    private readonly TimeProvider clock;

    internal QueueFigures(BusDatabase bus, MessagingOptions options, TimeProvider clock)
    {
        this.bus = bus;
        this.options = options;
        this.clock = clock;
    }

    /// <summary>The figures of this moment.</summary>
    public async Task<QueueState> ReadAsync(CancellationToken cancellation = default)
    {
        await using NpgsqlCommand command = bus.DataSource.CreateCommand("""
            with dead as (select subject, min(position) as first from bus.message where queue = $1 and state = 'dead' group by subject)
            select count(*) filter (where state = 'pending'),
                   count(*) filter (where state = 'pending' and failures > 0),
                   count(*) filter (where state = 'pending' and m.position > d.first),
                   min(waiting_since) filter (where state = 'pending'),
                   count(*) filter (where state = 'scheduled'),
                   count(*) filter (where state = 'dead')
            from bus.message m left join dead d using (subject) where queue = $1
            """);
        command.Parameters.Add(new() { Value = options.Queue });
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancellation);
        await reader.ReadAsync(cancellation);
        TimeSpan age = reader.IsDBNull(3) ? TimeSpan.Zero : clock.GetUtcNow() - reader.GetFieldValue<DateTimeOffset>(3);
        return new QueueState(
            options.Queue, reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2), age < TimeSpan.Zero ? TimeSpan.Zero : age,
            reader.GetInt64(4), reader.GetInt64(5));
    }
}
