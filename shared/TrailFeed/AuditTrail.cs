using System.Security.Cryptography;
using System.Text;
using AccessGov.Contracts.Audit.V1;
using AccessGov.EventSourcing;
using AccessGov.Messaging;
using Npgsql;

namespace AccessGov.TrailFeed;

/// <summary>
/// Tells the audit trail every event of a service's store, once and in order, with the count and digest of the store so far. The
/// messages, the digest and the subscription's position commit together. It reads the stored text itself, so that the hash is of what
/// lies in the database. While nobody subscribes to the messages it does not move: whoever does later gets the store from its beginning.
/// </summary>
internal sealed class AuditTrail(IMessageBus bus, AuditFeedOptions options, TimeProvider time) : ISubscription
{
    private static readonly TimeSpan SubscriberGoodFor = TimeSpan.FromSeconds(10);

    // What stands beside a payload in a message, roughly.
    private const int MembersBytes = 500;

    // Each event is looked up by its key, whatever the planner believes about tables that have just grown.
    private readonly string select = $"""
        select f.position, e.id, e.stream_id, e.version, e.type, e.timestamp, e.headers ->> 'actor', e.headers ->> 'on_behalf_of',
               e.headers ->> 'source', e.correlation_id, e.causation_id, e.data::text
        from {options.Schema}.event_store_feed f
        join lateral (select * from {options.Schema}.mt_events m where m.seq_id = f.sequence offset 0) e on true
        where f.position > $1 and f.position <= $2 order by f.position
        """;

    private readonly FeedTable table = new(options.Schema);
    private long subscriberSeen;

    public const string SubscriptionName = "AuditTrail";

    public string Name => SubscriptionName;

    /// <summary>Whether somebody subscribes, as it was last seen.</summary>
    public bool Wanted { get; private set; }

    public async Task<bool> IsWantedAsync(CancellationToken cancellation)
    {
        if (!Wanted || time.GetElapsedTime(subscriberSeen) > SubscriberGoodFor)
        {
            Wanted = await bus.HasSubscriberAsync<EventsRecorded>(cancellation: cancellation);
            subscriberSeen = time.GetTimestamp();
        }

        return Wanted;
    }

    public async Task HandleAsync(IReadOnlyList<StoredEvent> batch, NpgsqlTransaction transaction, CancellationToken cancellation)
    {
        if (!await bus.HasSubscriberAsync<EventsRecorded>(transaction, cancellation))
        {
            Wanted = false;
            throw new InvalidOperationException("Nobody subscribes to the audit trail's messages any more; it goes on when somebody does.");
        }

        StoreDigest told = await table.TakeAsync(transaction, cancellation);
        foreach (EventsRecorded message in await ReadAsync(told, batch[^1].Position, transaction, cancellation))
        {
            await bus.PublishAsync(message, new PublishOptions(options.Service, IdOf(message)), transaction, cancellation);
            told = new StoreDigest(message.Through, message.Count, Convert.FromHexString(message.Digest));
        }

        await table.WriteAsync(told, transaction, cancellation);
    }

    /// <summary>The same message has the same id; a store that was set back and went on otherwise tells other messages.</summary>
    private static Guid IdOf(EventsRecorded message) =>
        MessageIds.Of(EventsRecorded.MessageName, message.Service, $"{message.Through}", message.Digest);

    /// <summary>All events behind what was told, also those that readers skip: the digest is of the table as it is.</summary>
    private async Task<List<EventsRecorded>> ReadAsync(
        StoreDigest told, long through, NpgsqlTransaction transaction, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(select, transaction.Connection, transaction);
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = told.Through });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = through });
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancellation);
        var messages = new List<EventsRecorded>();
        var events = new List<RecordedEvent>();
        (StoreDigest before, int bytes) = (told, 0);
        while (await reader.ReadAsync(cancellation))
        {
            string text = reader.GetString(11);
            if (events.Count > 0 && bytes + text.Length > options.MessageBytesMax)
            {
                Close();
            }

            byte[] hash = SHA256.HashData(Encoding.UTF8.GetBytes(text));
            events.Add(Read(reader, text, hash));
            bytes += text.Length + MembersBytes;
            told = told.With(reader.GetInt64(0), reader.GetGuid(1), hash);
        }

        if (events.Count > 0)
        {
            Close();
        }

        return messages;

        void Close()
        {
            messages.Add(new EventsRecorded(options.Service, before.Through, told.Through, told.Count, told.Text, events));
            (before, events, bytes) = (told, [], 0);
        }
    }

    private RecordedEvent Read(NpgsqlDataReader reader, string text, byte[] hash)
    {
        string name = reader.GetString(4);
        return new RecordedEvent(
            reader.GetInt64(0), reader.GetGuid(1), Text(2) ?? "", reader.GetInt64(3), name, reader.GetFieldValue<DateTimeOffset>(5),
            Text(6), Text(7),
            Text(8), Text(9), Text(10), Convert.ToHexStringLower(hash),
                options.Withheld.Without(name, text, options.Types.Names.Contains(name)));

        string? Text(int column) => reader.IsDBNull(column) ? null : reader.GetString(column);
    }
}
