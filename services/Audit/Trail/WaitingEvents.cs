using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using AccessGov.Audit.Ingest;
using AccessGov.Audit.Sealing;
using Npgsql;
using NpgsqlTypes;

namespace AccessGov.Audit.Trail;

/// <summary>
/// The next events that get a place: taken out of the intake in the transaction that moves the head, without those that a source sent
/// before.
/// </summary>
internal sealed class WaitingEvents(IntakeKey key, TimeProvider clock)
{
    private const int BatchesMax = 512;
    private const int EventsMax = 8192;

    // Of ciphertext; what comes of it is in memory several times over.
    private const long BytesMax = 16 * 1024 * 1024;

    /// <summary>An event, who sent it and when it was taken in.</summary>
    public sealed record Waiting(string Source, DateTimeOffset ReceivedAt, AuditRecord Record);

    /// <summary>What was taken out, and whether there may be more.</summary>
    public sealed record Taken(IReadOnlyList<Waiting> Events, int Batches, bool IsFull);

    /// <summary>Takes them.</summary>
    /// <param name="latest">No event was taken in later, whatever the clock of the process said that took it.</param>
    /// <param name="transaction">The transaction that moves the head.</param>
    /// <param name="cancellation">Ends the call.</param>
    public async Task<Taken> TakeAsync(DateTimeOffset latest, NpgsqlTransaction transaction, CancellationToken cancellation)
    {
        List<Waiting> once = [];
        List<Arrived> mayRepeat = [];
        List<long> ids = [], unreadable = [];
        Exception? fault = null;
        (int events, long bytes) = (0, 0);
        await using (var read = new NpgsqlCommand(
            $"select id, source, received_at, events, may_repeat, body, octet_length(body)::bigint from trail.intake "
            + $"order by id limit {BatchesMax}",
            transaction.Connection, transaction))
        await using (NpgsqlDataReader rows = await read.ExecuteReaderAsync(cancellation))
        {
            while (events < EventsMax && bytes < BytesMax && await rows.ReadAsync(cancellation))
            {
                ids.Add(rows.GetInt64(0));
                events += rows.GetInt32(3);
                bytes += rows.GetInt64(6);
                (string source, DateTimeOffset at) = (rows.GetString(1), rows.GetFieldValue<DateTimeOffset>(2));
                at = at < latest ? at : latest;
                if (Read(source, at, rows.GetFieldValue<byte[]>(5), ref fault) is not { } arrived)
                {
                    unreadable.Add(ids[^1]);
                    continue;
                }

                if (rows.GetBoolean(4))
                {
                    mayRepeat.AddRange(arrived);
                }
                else
                {
                    once.AddRange(arrived.Select(one => one.Event));
                }
            }
        }

        if (ids.Count == 0)
        {
            return new Taken([], 0, IsFull: false);
        }

        if (unreadable.Count > 0)
        {
            once.Add(await SetAsideAsync(unreadable, ids.Count, fault!, transaction, cancellation));
        }

        await using var delete = new NpgsqlCommand("delete from trail.intake where id = any($1)", transaction.Connection, transaction)
        {
            Parameters = { new NpgsqlParameter<long[]> { TypedValue = [.. ids] } },
        };
        await delete.ExecuteNonQueryAsync(cancellation);
        once.AddRange(await NewAsync(mayRepeat, transaction, cancellation));
        return new Taken(once, ids.Count, events >= EventsMax || bytes >= BytesMax || ids.Count == BatchesMax);
    }

    /// <summary>What a row holds; null when it cannot be read.</summary>
    private List<Arrived>? Read(string source, DateTimeOffset at, byte[] body, ref Exception? fault)
    {
        try
        {
            byte[] plain = key.Unprotect(body);
            List<Arrived> all = [];
            var json = new Utf8JsonReader(plain);
            json.Read();
            while (json.Read() && json.TokenType != JsonTokenType.EndArray)
            {
                int start = (int)json.TokenStartIndex;
                AuditRecord record = JsonSerializer.Deserialize(ref json, RecordJson.Default.AuditRecord)!;
                all.Add(new Arrived(new Waiting(source, at, record), plain.AsMemory(start, (int)json.BytesConsumed - start)));
            }

            return all;
        }
        catch (Exception unreadable) when (unreadable is CryptographicException or JsonException or InvalidDataException)
        {
            fault = unreadable;
            return null;
        }
    }

    /// <summary>
    /// Keeps rows that cannot be read where they hold up nobody, and says so in the trail. Where no row can be read it
    /// is the key that is wrong, not the rows.
    /// </summary>
    private async Task<Waiting> SetAsideAsync(
        List<long> ids, int all, Exception fault, NpgsqlTransaction transaction, CancellationToken cancellation)
    {
        if (ids.Count == all)
        {
            throw new InvalidDataException($"Nothing that waits can be read: {fault.Message}", fault);
        }

        await using var keep = new NpgsqlCommand(
            "insert into trail.intake_unreadable "
            + "select id, source, received_at, events, may_repeat, body from trail.intake where id = any($1)",
            transaction.Connection, transaction)
        {
            Parameters = { new NpgsqlParameter<long[]> { TypedValue = [.. ids] } },
        };
        await keep.ExecuteNonQueryAsync(cancellation);
        DateTimeOffset now = clock.GetUtcNow();
        return new Waiting(Refusals.Service, now, new AuditRecord
        {
            EventId = $"intake_unreadable {ids[0]}", OccurredAt = now, Kind = "intake.unreadable", Action = AuditActions.SecurityAlert,
            Outcome = AuditOutcomes.Failure, Reason = "intake_unreadable", Resource = $"Intake::{ids[0]}",
        });
    }

    /// <summary>Notes what sources that may repeat themselves sent, and answers what they had not sent before.</summary>
    private async Task<IEnumerable<Waiting>> NewAsync(List<Arrived> waiting, NpgsqlTransaction transaction, CancellationToken cancellation)
    {
        if (waiting.Count == 0)
        {
            return [];
        }

        // Equal events of one round are one.
        var byHash = new Dictionary<string, Waiting>(waiting.Count, StringComparer.Ordinal);
        using (IncrementalHash hash = key.Fingerprint())
        {
            foreach (Arrived one in waiting)
            {
                byHash.TryAdd(HashOf(one, hash), one.Event);
            }
        }

        await using var note = new NpgsqlCommand(
            """
            insert into trail.sent (hash, received_at) select decode(a.hash, 'hex'), a.at from unnest($1, $2) a (hash, at) order by a.hash
            on conflict do nothing returning encode(hash, 'hex')
            """, transaction.Connection, transaction)
        {
            Parameters =
            {
                new NpgsqlParameter<string[]> { TypedValue = [.. byHash.Keys] },
                new NpgsqlParameter
                {
                    Value = byHash.Values.Select(one => one.ReceivedAt).ToArray(),
                    NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.TimestampTz,
                },
            },
        };
        var fresh = new HashSet<string>(StringComparer.Ordinal);
        await using NpgsqlDataReader rows = await note.ExecuteReaderAsync(cancellation);
        while (await rows.ReadAsync(cancellation))
        {
            fresh.Add(rows.GetString(0));
        }

        return byHash.Where(pair => fresh.Contains(pair.Key)).Select(pair => pair.Value);
    }

    /// <summary>Of the source and of all that the event says: another event under the same id is another event.</summary>
    private static string HashOf(in Arrived arrived, IncrementalHash hash)
    {
        hash.AppendData(Encoding.UTF8.GetBytes(arrived.Event.Source));
        hash.AppendData([0]);
        hash.AppendData(arrived.Json.Span);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>An event, and what it was written as when it was taken in.</summary>
    private readonly record struct Arrived(Waiting Event, ReadOnlyMemory<byte> Json);
}
