using AccessGov.PolicyDecision.Obligations;
using Npgsql;
using NpgsqlTypes;

namespace AccessGov.PolicyDecision.Journal;

/// <summary>Makes the rows of withdrawn batches tell what was answered. The chain says that a batch was withdrawn after the batch, which may be indexed by then.</summary>
internal static class WithdrawnBatches
{
    /// <summary>Corrects the decisions of batches of one chain, in the transaction that indexes what says that they were withdrawn.</summary>
    public static async Task CorrectAsync(NpgsqlConnection connection, string writer, List<long> sequences, CancellationToken cancellation)
    {
        if (sequences.Count == 0)
        {
            return;
        }

        List<IndexedDecision> decisions = await ReadAsync(connection, writer, sequences, cancellation);
        await using var update = new NpgsqlCommand(
            """
            update decision d set permitted = w.permitted, reason = w.reason
            from unnest($2::timestamptz[], $3::uuid[], $4::bigint[], $5::int[], $6::boolean[], $7::text[])
                as w (at, evaluation_id, sequence, ordinal, permitted, reason)
            where d.at = w.at and d.evaluation_id = w.evaluation_id and d.writer = $1 and d.sequence = w.sequence and d.ordinal = w.ordinal
            """,
            connection);
        update.Parameters.Add(new NpgsqlParameter<string> { TypedValue = writer });
        update.Parameters.Add(new NpgsqlParameter
        {
            Value = decisions.Select(decision => decision.At.UtcDateTime).ToArray(),
            NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.TimestampTz,
        });
        update.Parameters.Add(new NpgsqlParameter<Guid[]> { TypedValue = [.. decisions.Select(decision => decision.EvaluationId)] });
        update.Parameters.Add(new NpgsqlParameter<long[]> { TypedValue = [.. decisions.Select(decision => decision.Sequence)] });
        update.Parameters.Add(new NpgsqlParameter<int[]> { TypedValue = [.. decisions.Select(decision => decision.Ordinal)] });
        update.Parameters.Add(new NpgsqlParameter<bool[]> { TypedValue = [.. decisions.Select(decision => decision.Permitted)] });
        update.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. decisions.Select(decision => decision.Reason)] });
        await update.ExecuteNonQueryAsync(cancellation);
        await RecordedObligations.RemoveAsync(connection, decisions, cancellation);
    }

    private static async Task<List<IndexedDecision>> ReadAsync(NpgsqlConnection connection, string writer, List<long> sequences, CancellationToken cancellation)
    {
        await using var read = new NpgsqlCommand("select sequence, payload from decision_batch where writer = $1 and sequence = any ($2)", connection);
        read.Parameters.Add(new NpgsqlParameter<string> { TypedValue = writer });
        read.Parameters.Add(new NpgsqlParameter<long[]> { TypedValue = [.. sequences] });
        await using NpgsqlDataReader reader = await read.ExecuteReaderAsync(cancellation);
        var decisions = new List<IndexedDecision>();
        while (await reader.ReadAsync(cancellation))
        {
            // One that somebody changed has no rows either.
            if (BatchContents.TryRead(writer, reader.GetInt64(0), reader.GetFieldValue<byte[]>(1)) is { } batch)
            {
                decisions.AddRange(batch.Decisions.Select(decision => decision.AsWithdrawn()).Where(decision => decision.Withdrawn));
            }
        }

        return decisions;
    }
}
