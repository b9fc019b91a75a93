using System.Buffers.Binary;
using System.Data;
using AccessGov.PolicyDecision.Journal;
using Npgsql;
using NpgsqlTypes;

namespace AccessGov.PolicyDecision.Obligations;

/// <summary>An obligation as the journal has it.</summary>
internal readonly record struct RecordedObligation(string Id, string Type, bool ReceiptRequired);

/// <summary>
/// The obligations of journaled decisions, beside the index of the decisions and written with it: so they can be made again from the batches. The receipts are no
/// read model; they are stored once, when they come.
/// </summary>
internal static class RecordedObligations
{
    public const string Tables = """
        create table if not exists decision_obligation (
            evaluation_id uuid not null,
            obligation_id text collate "C" not null,
            type text collate "C" not null,
            at timestamptz not null,
            client text collate "C" not null,
            subject text collate "C" not null,
            action text collate "C" not null,
            resource text collate "C" not null,
            receipt_required boolean not null,
            -- Only spares the search for overdue ones: whether there is a receipt, the receipts say.
            settled boolean not null default false,
            primary key (evaluation_id, obligation_id));
        create index if not exists decision_obligation_open on decision_obligation (evaluation_id, obligation_id) where receipt_required and not settled;

        create table if not exists obligation_receipt (
            evaluation_id uuid not null,
            obligation_id text collate "C" not null,
            status text collate "C" not null,
            detail text,
            client text collate "C" not null,
            received_at timestamptz not null,
            primary key (evaluation_id, obligation_id));
        """;

    /// <summary>Writes those of decisions that are being indexed, in the indexer's transaction.</summary>
    public static async Task AddAsync(NpgsqlConnection connection, IReadOnlyList<IndexedDecision> decisions, CancellationToken cancellation)
    {
        (IndexedDecision Decision, RecordedObligation Obligation)[] rows =
            [.. decisions.SelectMany(decision => (decision.Obligations ?? []).Select(obligation => (decision, obligation)))];
        if (rows.Length == 0)
        {
            return;
        }

        await using var insert = new NpgsqlCommand(
            """
            insert into decision_obligation (evaluation_id, obligation_id, type, at, client, subject, action, resource, receipt_required)
            select * from unnest($1::uuid[], $2::text[], $3::text[], $4::timestamptz[], $5::text[], $6::text[], $7::text[], $8::text[], $9::boolean[])
            on conflict do nothing
            """,
            connection);
        insert.Parameters.Add(new NpgsqlParameter<Guid[]> { TypedValue = [.. rows.Select(row => row.Decision.EvaluationId)] });
        Add(row => row.Obligation.Id);
        Add(row => row.Obligation.Type);
        insert.Parameters.Add(new NpgsqlParameter
        {
            Value = rows.Select(row => row.Decision.At.UtcDateTime).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.TimestampTz,
        });
        Add(row => row.Decision.Client);
        Add(row => row.Decision.Subject);
        Add(row => row.Decision.Action);
        Add(row => row.Decision.Resource);
        insert.Parameters.Add(new NpgsqlParameter<bool[]> { TypedValue = [.. rows.Select(row => row.Obligation.ReceiptRequired)] });
        await insert.ExecuteNonQueryAsync(cancellation);

        void Add(Func<(IndexedDecision Decision, RecordedObligation Obligation), string> column) =>
            insert.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. rows.Select(column)] });
    }

    /// <summary>Takes those of decisions away that were answered as denials after all.</summary>
    public static async Task RemoveAsync(NpgsqlConnection connection, IReadOnlyList<IndexedDecision> withdrawn, CancellationToken cancellation)
    {
        await using var delete = new NpgsqlCommand("delete from decision_obligation where evaluation_id = any ($1)", connection);
        delete.Parameters.Add(new NpgsqlParameter<Guid[]> { TypedValue = [.. withdrawn.Select(decision => decision.EvaluationId)] });
        await delete.ExecuteNonQueryAsync(cancellation);
    }

    /// <summary>Whether a decision that this client asked for has the obligation, however far the indexer is.</summary>
    public static async Task<bool> ExistsAsync(NpgsqlConnection connection, Guid evaluationId, string obligationId, string client, CancellationToken cancellation)
    {
        await using NpgsqlTransaction snapshot = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellation);
        await using var indexed = new NpgsqlCommand(
            "select client from decision_obligation where evaluation_id = $1 and obligation_id = $2", connection);
        indexed.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = evaluationId });
        indexed.Parameters.Add(new NpgsqlParameter<string> { TypedValue = obligationId });
        if (await indexed.ExecuteScalarAsync(cancellation) is string known)
        {
            return string.Equals(known, client, StringComparison.Ordinal);
        }

        // The id says when it was decided, so few batches are read for it.
        DateTimeOffset at = DecidedAt(evaluationId);
        await foreach (IndexedDecision decision in UnindexedDecisions.ReadAsync(connection, at, at.AddMilliseconds(1), [], cancellation))
        {
            if (decision.EvaluationId == evaluationId)
            {
                return string.Equals(decision.Client, client, StringComparison.Ordinal)
                    && (decision.Obligations ?? []).Any(obligation => string.Equals(obligation.Id, obligationId, StringComparison.Ordinal));
            }
        }

        return false;
    }

    /// <summary>The time in a UUID of version 7 (RFC 9562, 5.7); a long gone one for what no clock of ours tells.</summary>
    private static DateTimeOffset DecidedAt(Guid id)
    {
        long milliseconds = BinaryPrimitives.ReadInt64BigEndian(id.ToByteArray(bigEndian: true)) >>> 16;
        return id.Version == 7 && milliseconds < new DateTimeOffset(9999, 1, 1, 0, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds()
            ? DateTimeOffset.FromUnixTimeMilliseconds(milliseconds)
            : DateTimeOffset.UnixEpoch;
    }
}
