using System.Security.Cryptography;
using AccessGov.EventSourcing;
using Npgsql;
using NpgsqlTypes;
using V1 = AccessGov.Contracts.IdentityFederation.V1;

namespace AccessGov.IdentityFederation.People;

/// <summary>Who works elsewhere or for somebody else than before, from the events that say what is known of people.</summary>
internal static class Moves
{
    /// <summary>
    /// The moves of a batch, by the id of the event. What was known before is read from the stream, so that it is what the event follows.
    /// </summary>
    public static async Task<IReadOnlyDictionary<Guid, V1.UserMoved>> OfAsync(
        IReadOnlyList<StoredEvent> batch, NpgsqlTransaction transaction, CancellationToken cancellation)
    {
        StoredEvent[] changes = [.. batch.Where(stored => stored.Data is PersonChanged)];
        if (changes.Length == 0)
        {
            return new Dictionary<Guid, V1.UserMoved>();
        }

        await using var read = new NpgsqlCommand(
            """
            select ordinality, former.data -> 'Profile' -> 'Employment' ->> 'Department',
                former.data -> 'Profile' -> 'Employment' ->> 'Manager',
                former.data -> 'Profile' -> 'Employment' ->> 'Organization', former.data -> 'Profile' -> 'Employment' ->> 'Division'
            from unnest($1, $2) with ordinality as change (stream, version),
                lateral (select data from mt_events where stream_id = change.stream and mt_events.version < change.version
                         and type in ('person_provisioned', 'person_changed') order by mt_events.version desc limit 1) as former
            """, transaction.Connection, transaction);
        read.Parameters.AddWithValue(changes.Select(stored => stored.StreamId).ToArray());
        read.Parameters.AddWithValue(NpgsqlDbType.Array | NpgsqlDbType.Bigint, changes.Select(stored => stored.Version).ToArray());
        IReadOnlyList<(StoredEvent Change, Employment Former)> former = await ReadModelRows.ReadAsync(
            read,
            row => (changes[row.GetInt64(0) - 1], new Employment(
                Department: ReadModelRows.Text(row, 1), Manager: ReadModelRows.Text(row, 2),
                Organization: ReadModelRows.Text(row, 3), Division: ReadModelRows.Text(row, 4))),
            cancellation);
        return former.Select(one => (one.Change.Id, Moved: Between(one.Change, one.Former))).Where(one => one.Moved is not null)
            .ToDictionary(one => one.Id, one => one.Moved!);
    }

    /// <summary>
    /// The id of a second message about an event: it follows from the event's, so that a repetition is recognised (a UUID of version 8).
    /// </summary>
    public static Guid IdAfter(Guid eventId)
    {
        Span<byte> hash = SHA256.HashData([.. eventId.ToByteArray(bigEndian: true), .. "user-moved"u8]).AsSpan(0, 16);
        hash[6] = (byte)((hash[6] & 0x0F) | 0x80);
        hash[8] = (byte)((hash[8] & 0x3F) | 0x80);
        return new Guid(hash, bigEndian: true);
    }

    private static V1.UserMoved? Between(StoredEvent change, Employment former)
    {
        Employment now = ((PersonChanged)change.Data).Profile.Employment ?? new Employment();
        bool same = (now.Department, now.Manager, now.Organization, now.Division)
            == (former.Department, former.Manager, former.Organization, former.Division);
        return same ? null : new V1.UserMoved(
            Person.Streams.IdOf(change.StreamId), former.Department, now.Department, former.Manager, now.Manager, RolesChanged: false,
            change.Metadata.Actor, change.RecordedAt);
    }
}
