using System.Text.Json;
using AccessGov.Audit.Sealing;
using AccessGov.Audit.Trail;
using AccessGov.EventSourcing;
using Npgsql;

namespace AccessGov.Audit.Ingest;

/// <summary>
/// Takes events in: when it answers they are committed, and will be in the trail once each. They lie encrypted until they have their place.
/// Thread-safe.
/// </summary>
internal sealed class Intake(TrailDatabase database, IntakeKey key, Signal signal, IngestState state, TimeProvider clock)
{
    /// <summary>Takes in events of a source that may send them again: the same event (its id and all that it says) counts once.</summary>
    /// <param name="source">Who sent them, for example <c>pacs</c> or <c>syslog:CN of the certificate</c>; at most 200 characters.</param>
    /// <param name="records">At least one.</param>
    /// <param name="cancellation">Ends the call; then nobody knows whether they were taken.</param>
    public async Task AcceptAsync(string source, IReadOnlyList<AuditRecord> records, CancellationToken cancellation)
    {
        await using NpgsqlConnection connection = await database.Append.OpenConnectionAsync(cancellation);
        await InsertAsync(connection, null, source, records, mayRepeat: true, cancellation);
    }

    /// <summary>Takes in events in the transaction of a message, which is handled once: they are not compared with others.</summary>
    /// <param name="source">The service.</param>
    /// <param name="records">At least one.</param>
    /// <param name="transaction">The transaction of the message's handler, as the role that appends.</param>
    /// <param name="cancellation">Ends the call.</param>
    public Task AcceptAsync(
        string source, IReadOnlyList<AuditRecord> records, NpgsqlTransaction transaction, CancellationToken cancellation) =>
        InsertAsync(transaction.Connection!, transaction, source, records, mayRepeat: false, cancellation);

    /// <summary>The events and the count of their missing fields: one transaction, also where none was begun.</summary>
    private async Task InsertAsync(
        NpgsqlConnection connection, NpgsqlTransaction? transaction, string source, IReadOnlyList<AuditRecord> records, bool mayRepeat,
        CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfZero(records.Count);
        DateTimeOffset now = clock.GetUtcNow();
        byte[] body = key.Protect(JsonSerializer.SerializeToUtf8Bytes(records, RecordJson.Default.IReadOnlyListAuditRecord));
        await using var batch = new NpgsqlBatch(connection, transaction);
        batch.BatchCommands.Add(new NpgsqlBatchCommand(
            "insert into trail.intake (source, received_at, events, may_repeat, body) values ($1, $2, $3, $4, $5)")
        {
            Parameters =
            {
                new NpgsqlParameter<string> { TypedValue = source },
                new NpgsqlParameter<DateTimeOffset> { TypedValue = now },
                new NpgsqlParameter<int> { TypedValue = records.Count },
                new NpgsqlParameter<bool> { TypedValue = mayRepeat },
                new NpgsqlParameter<byte[]> { TypedValue = body },
            },
        });
        if (Completeness.Count(source, records, now) is { } count)
        {
            batch.BatchCommands.Add(count);
        }

        await batch.ExecuteNonQueryAsync(cancellation);
        state.Count(records);
        signal.Pulse();
    }
}
