using System.Runtime.CompilerServices;
using Npgsql;
using NpgsqlTypes;

namespace AccessGov.PolicyDecision.Journal;

/// <summary>
/// Reads what the index does not know yet: the decisions of the batches behind it, and those of the last batch in it where only the batch
/// behind says that it was withdrawn. Each is as it was answered.
/// </summary>
internal static class UnindexedDecisions
{
    // A chain is read backwards: whether a batch was withdrawn stands in itself or in the next. So the next is read too where the times
    // asked for end before it.
    private const string Batches = """
        select b.sequence, b.payload from decision_batch b where b.writer = $1 and b.sequence >= $2
        and (b.sequence <= $2 + 1
            or (($3 is null or b.last_at >= $3) and ($4 is null or b.first_at <= $4))
            or exists (select 1 from decision_batch p where p.writer = b.writer and p.sequence = b.sequence - 1
                and ($3 is null or p.last_at >= $3) and ($4 is null or p.first_at <= $4)))
        order by b.sequence desc
        """;

    /// <param name="connection">In a snapshot of the database, the one that the index is asked in.</param>
    /// <param name="from">No decision before is needed; earlier ones may be among the answers.</param>
    /// <param name="until">No decision after is needed; later ones may be among the answers.</param>
    /// <param name="overruled">Receives the batches whose rows in the index are not what was answered.</param>
    /// <param name="cancellation">Ends the reading.</param>
    public static async IAsyncEnumerable<IndexedDecision> ReadAsync(
        NpgsqlConnection connection, DateTimeOffset? from, DateTimeOffset? until, List<(string Writer, long Sequence)> overruled,
        [EnumeratorCancellation] CancellationToken cancellation)
    {
        foreach ((string writer, long indexed) in await WritersAsync(connection, cancellation))
        {
            await using var command = new NpgsqlCommand(Batches, connection);
            command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = writer });
            command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = indexed });
            command.Parameters.Add(new NpgsqlParameter { Value = from?.UtcDateTime ?? (object)DBNull.Value, NpgsqlDbType = NpgsqlDbType.TimestampTz });
            command.Parameters.Add(new NpgsqlParameter { Value = until?.UtcDateTime ?? (object)DBNull.Value, NpgsqlDbType = NpgsqlDbType.TimestampTz });
            await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancellation);
            HashSet<long> withdrawn = [];
            while (await reader.ReadAsync(cancellation))
            {
                long sequence = reader.GetInt64(0);
                if (sequence == indexed && !withdrawn.Contains(sequence))
                {
                    break;
                }

                // One that somebody changed is left out: the others are answered.
                if (BatchContents.TryRead(writer, sequence, reader.GetFieldValue<byte[]>(1)) is not { } batch)
                {
                    continue;
                }

                withdrawn.UnionWith(batch.Withdrawn);
                if (sequence == indexed)
                {
                    overruled.Add((writer, sequence));
                }

                foreach (IndexedDecision decision in batch.Decisions)
                {
                    yield return withdrawn.Contains(sequence) ? decision.AsWithdrawn() : decision;
                }
            }
        }
    }

    private static async Task<List<(string Writer, long Indexed)>> WritersAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(
            """
            select w.writer, w.indexed from decision_writer w where (w.closed_sequence is null or w.indexed < w.closed_sequence)
            and exists (select 1 from decision_batch b where b.writer = w.writer and b.sequence > w.indexed) order by w.ordinal
            """,
            connection);
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancellation);
        var writers = new List<(string, long)>();
        while (await reader.ReadAsync(cancellation))
        {
            writers.Add((reader.GetString(0), reader.GetInt64(1)));
        }

        return writers;
    }
}
