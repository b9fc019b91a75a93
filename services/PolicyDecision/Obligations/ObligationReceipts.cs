using Npgsql;
using NpgsqlTypes;

namespace AccessGov.PolicyDecision.Obligations;

/// <summary>The receipts, one row for each obligation that has one.</summary>
internal static class ObligationReceipts
{
    /// <summary>Whether it was stored; not when there is one already, whichever replica took it.</summary>
    public static async Task<bool> StoreAsync(
        NpgsqlConnection connection, GiveReceipt.Command command, string id, string client, DateTimeOffset now, CancellationToken cancellation)
    {
        await using var store = new NpgsqlCommand(
            """
            with stored as (
                insert into obligation_receipt (evaluation_id, obligation_id, status, detail, client, received_at) values ($1, $2, $3, $4, $5, $6)
                on conflict do nothing returning evaluation_id, obligation_id),
            settled as (
                update decision_obligation o set settled = true from stored s
                where o.evaluation_id = s.evaluation_id and o.obligation_id = s.obligation_id)
            select count(*) from stored
            """,
            connection);
        store.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = command.EvaluationId });
        store.Parameters.Add(new NpgsqlParameter<string> { TypedValue = id });
        store.Parameters.Add(new NpgsqlParameter<string> { TypedValue = command.Status });
        store.Parameters.Add(ReadModelRows.Optional(command.Detail, NpgsqlDbType.Text));
        store.Parameters.Add(new NpgsqlParameter<string> { TypedValue = client });
        store.Parameters.Add(new NpgsqlParameter<DateTime> { TypedValue = now.UtcDateTime });
        return (long)(await store.ExecuteScalarAsync(cancellation))! > 0;
    }

    /// <summary>The receipt of an obligation; null when there is none.</summary>
    public static async Task<GiveReceipt.Given?> FindAsync(
        NpgsqlConnection connection, Guid evaluationId, string obligationId, CancellationToken cancellation)
    {
        await using var read = new NpgsqlCommand("select status, detail from obligation_receipt where evaluation_id = $1 and obligation_id = $2", connection);
        read.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = evaluationId });
        read.Parameters.Add(new NpgsqlParameter<string> { TypedValue = obligationId });
        IReadOnlyList<GiveReceipt.Given> found = await ReadModelRows.ReadAsync(read, row => new GiveReceipt.Given(row.GetString(0), ReadModelRows.Text(row, 1)), cancellation);
        return found.Count > 0 ? found[0] : null;
    }
}
