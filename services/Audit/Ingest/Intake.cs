using System.Text.Json;
using AccessGov.Audit.Sealing;
using AccessGov.Audit.Trail;
using Npgsql;

namespace AccessGov.Audit.Ingest;

/// <summary>
/// Takes events in: when it answers they are committed, and will be in the trail once each. They lie encrypted until they have their place. Thread-safe.
/// </summary>
internal sealed class Intake(TrailDatabase database, IntakeKey key, TrailSignal signal, TimeProvider clock)
{
    /// <summary>Takes in events of a source that may send them again: the same event (its id and all that it says) counts once.</summary>
    /// <param name="source">Who sent them, for example <c>pacs</c> or <c>syslog:CN of the certificate</c>; at most 200 characters.</param>
    /// <param name="records">At least one.</param>
    /// <param name="cancellation">Ends the call; then nobody knows whether they were taken.</param>
    public async Task AcceptAsync(string source, IReadOnlyList<AuditRecord> records, CancellationToken cancellation)
    {
        await using NpgsqlCommand insert = Insert(source, records, mayRepeat: true);
        await using NpgsqlConnection connection = await database.Append.OpenConnectionAsync(cancellation);
        insert.Connection = connection;
        await insert.ExecuteNonQueryAsync(cancellation);
        signal.Set();
    }

    /// <summary>Takes in events in the transaction of a message, which is handled once: they are not compared with others.</summary>
    /// <param name="source">The service.</param>
    /// <param name="records">At least one.</param>
    /// <param name="transaction">The transaction of the message's handler, as the role that appends.</param>
    /// <param name="cancellation">Ends the call.</param>
    public async Task AcceptAsync(string source, IReadOnlyList<AuditRecord> records, NpgsqlTransaction transaction, CancellationToken cancellation)
    {
        await using NpgsqlCommand insert = Insert(source, records, mayRepeat: false);
        (insert.Connection, insert.Transaction) = (transaction.Connection, transaction);
        await insert.ExecuteNonQueryAsync(cancellation);
        signal.Set();
    }

    private NpgsqlCommand Insert(string source, IReadOnlyList<AuditRecord> records, bool mayRepeat)
    {
        ArgumentOutOfRangeException.ThrowIfZero(records.Count);
        byte[] body = key.Protect(JsonSerializer.SerializeToUtf8Bytes(records, RecordJson.Default.IReadOnlyListAuditRecord));
        return new NpgsqlCommand("insert into trail.intake (source, received_at, events, may_repeat, body) values ($1, $2, $3, $4, $5)")
        {
            Parameters =
            {
                new NpgsqlParameter<string> { TypedValue = source },
                new NpgsqlParameter<DateTimeOffset> { TypedValue = clock.GetUtcNow() },
                new NpgsqlParameter<int> { TypedValue = records.Count },
                new NpgsqlParameter<bool> { TypedValue = mayRepeat },
                new NpgsqlParameter<byte[]> { TypedValue = body },
            },
        };
    }
}
