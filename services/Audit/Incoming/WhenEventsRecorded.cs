using System.Buffers.Binary;
using System.Security.Cryptography;
using AccessGov.Audit.Ingest;
using AccessGov.Contracts.Audit.V1;
using AccessGov.Messaging;
using Npgsql;

namespace AccessGov.Audit.Incoming;

/// <summary>A service tells its events: each comes into the trail, and so does what does not fit what the service told before.</summary>
internal static class WhenEventsRecorded
{
    private const int MissingMax = 100;

    public static async Task Handle(
        EventsRecorded message, MessageEnvelope envelope, NpgsqlTransaction transaction, SenderCheck sender, FeedLedger ledger,
        CancellationToken cancellation)
    {
        if (!await sender.HoldsAsync(message.Service, message, envelope, transaction, cancellation))
        {
            return;
        }

        Feed before = await ledger.FindAsync(message.Service, Feed.Events, transaction, cancellation);
        Feed now = before with { Through = message.Through, Count = message.Count, Digest = message.Digest };
        await ledger.TakeAsync(
            now, [.. message.Events.Select(e => RecordedEvents.RecordOf(message.Service, e))], [.. Differences(before, message)],
                transaction, cancellation);
    }

    /// <summary>What a message tells that cannot be, after what was told before.</summary>
    public static IEnumerable<FeedFinding> Differences(Feed before, EventsRecorded message)
    {
        if (message.After != before.Through)
        {
            yield return new FeedFinding("gap", message.After);
        }
        else if (Digest(before.Digest, message.Events) != message.Digest || message.Count != before.Count + message.Events.Count)
        {
            yield return new FeedFinding("digest_differs", message.Through);
        }

        HashSet<long> there = [.. message.Events.Select(e => e.Position)];
        int missing = 0;
        for (long position = message.After + 1; position <= message.Through && missing < MissingMax; position++)
        {
            if (!there.Contains(position))
            {
                missing++;
                yield return new FeedFinding("event_missing", position);
            }
        }
    }

    /// <summary>The digest of a store after these events, from the one before them.</summary>
    public static string Digest(string before, IEnumerable<RecordedEvent> events)
    {
        byte[] digest = Convert.FromHexString(before);
        Span<byte> all = stackalloc byte[88];
        foreach (RecordedEvent e in events)
        {
            digest.CopyTo(all);
            BinaryPrimitives.WriteInt64BigEndian(all[32..], e.Position);
            e.EventId.TryWriteBytes(all[40..], bigEndian: true, out _);
            Convert.FromHexString(e.PayloadHash).CopyTo(all[56..]);
            digest = SHA256.HashData(all);
        }

        return Convert.ToHexStringLower(digest);
    }
}
