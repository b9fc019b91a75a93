using Npgsql;

namespace AccessGov.EventSourcing;

/// <summary>How an event store works. Read once, when the store is made.</summary>
public sealed class EventStoreOptions
{
    /// <summary>The schema that holds the tables: lower case letters, digits and underscores, at most 40 characters.</summary>
    public string Schema { get; set; } = "";

    /// <summary>The events that the store knows.</summary>
    public EventTypes Types { get; set; } = EventTypes.Of();

    /// <summary>Whether <see cref="PostgresEventStore.StartAsync"/> creates what is missing in the schema.</summary>
    public bool CreateSchema { get; set; } = true;

    /// <summary>
    /// Creates what else the service keeps in the database, when the store starts and after its own tables. It may run again and in several processes at once.
    /// </summary>
    public Func<NpgsqlConnection, CancellationToken, Task>? AlsoCreate { get; set; }

    /// <summary>Whether this process numbers events when no other process does. One process of a schema must.</summary>
    public bool Sequences { get; set; } = true;

    /// <summary>Connections that write batches; a stream always goes through the same one. 1 to 8.</summary>
    public int Writers { get; set; } = 2;

    /// <summary>Appends that may wait or be under way before further ones are refused with <see cref="StoreOverloadedException"/>.</summary>
    public int WaitingAppendsMax { get; set; } = 10_000;

    /// <summary>Appends in one transaction of a writer.</summary>
    public int BatchAppendsMax { get; set; } = 512;

    /// <summary>Events in one transaction of a writer; a single append may have more.</summary>
    public int BatchEventsMax { get; set; } = 4_000;

    /// <summary>Appends with <see cref="StreamAppend.Alongside"/> that run at once, each on a connection of its own.</summary>
    public int AlongsideMax { get; set; } = 16;

    /// <summary>How often followers, subscriptions and the sequencer look without being woken.</summary>
    public TimeSpan PollInterval { get; set; } = TimeSpan.FromMilliseconds(250);

    /// <summary>The least time between two rounds of the sequencer, and so between two NOTIFY.</summary>
    public TimeSpan NumberingPause { get; set; } = TimeSpan.FromMilliseconds(10);

    /// <summary>Events handed to a subscription in one transaction.</summary>
    public int SubscriptionBatchMax { get; set; } = 500;

    /// <summary>Health is degraded when a committed event has waited this long for its position, or a subscription this long for an event.</summary>
    public TimeSpan DegradedAfter { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Health is degraded when a transaction of the database server has been open this long.</summary>
    public TimeSpan OpenTransactionMax { get; set; } = TimeSpan.FromMinutes(1);

    internal void Validate()
    {
        EventStoreSchema.CheckName(Schema);
        ArgumentOutOfRangeException.ThrowIfLessThan(Writers, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Writers, 8);
        ArgumentOutOfRangeException.ThrowIfLessThan(WaitingAppendsMax, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(BatchAppendsMax, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(BatchEventsMax, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(AlongsideMax, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(SubscriptionBatchMax, 1);
    }
}
