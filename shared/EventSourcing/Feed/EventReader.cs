using System.Runtime.CompilerServices;
using System.Text.Json;
using AccessGov.EventSourcing.Subscriptions;
using Npgsql;
using NpgsqlTypes;

namespace AccessGov.EventSourcing.Feed;

/// <summary>Reads streams and the feed. Thread-safe; each call takes a connection from the pool.</summary>
internal sealed class EventReader(NpgsqlDataSource dataSource, EventStoreOptions options, FeedState state, TimeProvider time)
{
    private const string Columns =
        "e.seq_id, e.id, e.stream_id, e.version, e.type, e.data, e.timestamp, e.correlation_id, e.causation_id, e.headers, e.is_archived";

    private readonly EventTypes types = options.Types;

    private readonly string loadSql = $"select * from {options.Schema}.event_store_load($1)";

    // Each event is looked up by its key, whatever the planner believes about tables that have just grown.
    private readonly string readSql =
        $"""
        select f.position, {Columns} from {options.Schema}.event_store_feed f
        left join lateral (select * from {options.Schema}.mt_events m where m.seq_id = f.sequence offset 0) e on true
        where f.position > $1 and f.position <= $2 order by f.position
        """;

    private readonly string readAtSql =
        $"""
        select f.position, {Columns} from unnest($1::bigint[]) as wanted (position)
        join {options.Schema}.event_store_feed f on f.position = wanted.position
        left join lateral (select * from {options.Schema}.mt_events m where m.seq_id = f.sequence offset 0) e on true
        order by f.position
        """;

    /// <summary>Events of a range of positions, and the last position that was looked at, whether its event is skipped or not.</summary>
    public readonly record struct Page(IReadOnlyList<StoredEvent> Events, long Through);

    public async Task<EventStream> LoadAsync(string streamId, CancellationToken cancellation)
    {
        await using NpgsqlConnection connection = await dataSource.OpenConnectionAsync(cancellation);
        await using var command = new NpgsqlCommand(loadSql, connection);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = streamId, NpgsqlDbType = NpgsqlDbType.Varchar });
        await command.PrepareAsync(cancellation);
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancellation);
        long version = 0;
        var events = new List<StoredEvent>();
        while (await reader.ReadAsync(cancellation))
        {
            version = reader.IsDBNull(0) ? 0 : reader.GetInt64(0);
            if (Decode(reader, 1) is { } stored)
            {
                events.Add(stored);
            }
        }

        return new EventStream(streamId, version, events);
    }

    public async Task<IReadOnlyList<StoredEvent>> ReadAllAsync(long afterPosition, int limit, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(afterPosition);
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        await using NpgsqlConnection connection = await dataSource.OpenConnectionAsync(cancellation);
        Page page = await ReadPageAsync(connection, null, afterPosition, limit, cancellation);
        if (page.Events.Count == limit || page.Through == afterPosition)
        {
            return page.Events;
        }

        // Skipped events must not look like the end.
        var events = new List<StoredEvent>(page.Events);
        while (events.Count < limit)
        {
            long after = page.Through;
            page = await ReadPageAsync(connection, null, after, limit - events.Count, cancellation);
            if (page.Through == after)
            {
                break;
            }

            events.AddRange(page.Events);
        }

        return events;
    }

    public async Task<IReadOnlyList<StoredEvent>> ReadAtAsync(IReadOnlyCollection<long> positions, CancellationToken cancellation)
    {
        var events = new List<StoredEvent>(positions.Count);
        await using NpgsqlCommand command = dataSource.CreateCommand(readAtSql);
        command.Parameters.Add(new NpgsqlParameter<long[]> { TypedValue = [.. positions.Distinct()] });
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation))
        {
            if (Decode(reader, 0) is { } stored)
            {
                events.Add(stored);
            }
        }

        return events;
    }

    public async IAsyncEnumerable<IReadOnlyList<StoredEvent>> FollowAsync(
        long afterPosition, int batch, [EnumeratorCancellation] CancellationToken cancellation)
    {
        Task<Page>? ahead = null;
        try
        {
            while (true)
            {
                Task numbered = state.Numbered.Next;
                Page page = await (ahead ?? ReadPageAsync(afterPosition, batch, cancellation));
                ahead = null;
                if (page.Through == afterPosition)
                {
                    await Signal.WaitAsync(numbered, options.PollInterval, time, cancellation);
                    cancellation.ThrowIfCancellationRequested();
                    continue;
                }

                // Far behind: the next page is on its way while the consumer handles this one.
                ahead = page.Through - afterPosition == batch ? ReadPageAsync(page.Through, batch, cancellation) : null;
                afterPosition = page.Through;
                if (page.Events.Count > 0)
                {
                    yield return page.Events;
                }
            }
        }
        finally
        {
            // A consumer that stops does not leave a read behind.
            await ((Task?)ahead ?? Task.CompletedTask).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    public async Task<Page> ReadPageAsync(long afterPosition, int limit, CancellationToken cancellation)
    {
        await using NpgsqlConnection connection = await dataSource.OpenConnectionAsync(cancellation);
        return await ReadPageAsync(connection, null, afterPosition, limit, cancellation);
    }

    public async Task<Page> ReadPageAsync(
        NpgsqlConnection connection, NpgsqlTransaction? transaction, long afterPosition, int limit, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(readSql, connection, transaction);
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = afterPosition });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = afterPosition + limit });
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancellation);
        var events = new List<StoredEvent>();
        long through = afterPosition;
        while (await reader.ReadAsync(cancellation))
        {
            through = reader.GetInt64(0);
            if (Decode(reader, 0) is { } stored)
            {
                events.Add(stored);
            }
        }

        state.Advance(through);
        return new Page(events, through);
    }

    /// <summary>The event of the current row; null for what is skipped: tombstones, archived and deleted events.</summary>
    private StoredEvent? Decode(NpgsqlDataReader reader, int first)
    {
        if (reader.IsDBNull(first + 1) || (!reader.IsDBNull(first + 11) && reader.GetBoolean(first + 11)))
        {
            return null;
        }

        string name = reader.GetString(first + 5);
        if (name is "tombstone")
        {
            return null;
        }

        long sequence = reader.GetInt64(first + 1);
        if (!types.TryFind(name, out EventType? type))
        {
            throw new UnreadableEventException(sequence, name, null);
        }

        object data;
        try
        {
            data = type.Read(reader.GetFieldValue<byte[]>(first + 6)) ?? throw new JsonException("it is null.");
        }
        catch (Exception e) when (e is JsonException or NotSupportedException)
        {
            throw new UnreadableEventException(sequence, name, e);
        }

        return new StoredEvent(
            reader.IsDBNull(first) ? 0 : reader.GetInt64(first), sequence, reader.GetGuid(first + 2),
            reader.IsDBNull(first + 3) ? "" : reader.GetString(first + 3), reader.GetInt64(first + 4), type.Name, data,
            reader.GetFieldValue<DateTimeOffset>(first + 7), EventHeaders.Read(
                Text(reader, first + 8), Text(reader, first + 9), reader.IsDBNull(first + 10) ? default : reader.GetFieldValue<byte[]>(first + 10)));
    }

    private static string? Text(NpgsqlDataReader reader, int ordinal) => reader.IsDBNull(ordinal) ? null : reader.GetString(ordinal);

    /// <summary>The last position that has been numbered, 0 for none.</summary>
    public async Task<long> HeadAsync(CancellationToken cancellation)
    {
        await using NpgsqlCommand command = dataSource.CreateCommand($"select coalesce(max(position), 0) from {options.Schema}.event_store_feed");
        return (long)(await command.ExecuteScalarAsync(cancellation))!;
    }

    /// <summary>The position that a subscription has reached, 0 when it never ran.</summary>
    public async Task<long> ReachedAsync(string subscription, CancellationToken cancellation)
    {
        await using NpgsqlConnection connection = await dataSource.OpenConnectionAsync(cancellation);
        return await new SubscriptionProgress(options.Schema).ReadAsync(connection, subscription, cancellation);
    }

    /// <summary>The highest position of these events, once all of them have one; until then null.</summary>
    public async Task<long?> PositionAsync(long[] sequences, CancellationToken cancellation)
    {
        await using NpgsqlCommand command = dataSource.CreateCommand(
            $"select count(*), coalesce(max(position), 0) from {options.Schema}.event_store_feed where sequence = any ($1)");
        command.Parameters.Add(new NpgsqlParameter<long[]> { TypedValue = sequences });
        await using NpgsqlDataReader row = await command.ExecuteReaderAsync(cancellation);
        await row.ReadAsync(cancellation);
        return row.GetInt64(0) == sequences.Length ? row.GetInt64(1) : null;
    }
}
