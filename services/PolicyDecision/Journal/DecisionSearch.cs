using System.Data;
using System.Text.Json;
using Npgsql;
using NpgsqlTypes;

namespace AccessGov.PolicyDecision.Journal;

/// <summary>Where a decision stands in its chain.</summary>
internal readonly record struct ChainPosition(string Writer, long Sequence, int Ordinal);

/// <summary>A decision as it was recorded, and its place in the chain. The record is absent where its batch is damaged.</summary>
internal sealed record FoundDecision(JsonElement? Record, ChainPosition Position, byte[] BatchHash);

/// <summary>
/// Finds decisions: those that are indexed by the index, the rest by reading the batches behind the index, both in one snapshot of the
/// database. So an answer is complete whatever the indexer has reached; only what still lies in a spool is missing.
/// </summary>
internal sealed class DecisionSearch(JournalDatabase database)
{
    /// <summary>One page, newest first, and the key of its last decision where there are more.</summary>
    /// <exception cref="NpgsqlException">The database cannot be asked.</exception>
    public async Task<(IReadOnlyList<FoundDecision> Decisions, PageKey? Next)> FindAsync(DecisionFilter filter, CancellationToken cancellation)
    {
        await using NpgsqlConnection connection = await database.Source.OpenConnectionAsync(cancellation);
        await using NpgsqlTransaction snapshot = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellation);
        var found = new List<(PageKey Key, ChainPosition Position)>();
        await AddIndexedAsync(connection, filter, found, cancellation);
        await AddUnindexedAsync(connection, filter, found, cancellation);
        found.Sort((a, b) => PageKey.Compare(b.Key, a.Key));
        bool more = found.Count > filter.Limit;
        List<(PageKey Key, ChainPosition Position)> page = found[..Math.Min(found.Count, filter.Limit)];
        IReadOnlyList<FoundDecision> decisions = await ReadWholeAsync(connection, page.ConvertAll(one => one.Position), cancellation);
        return (decisions, more ? page[^1].Key : null);
    }

    /// <summary>One decision by its id, null when there is none.</summary>
    /// <exception cref="NpgsqlException">The database cannot be asked.</exception>
    public async Task<FoundDecision?> FindAsync(Guid evaluationId, CancellationToken cancellation)
    {
        await using NpgsqlConnection connection = await database.Source.OpenConnectionAsync(cancellation);
        await using NpgsqlTransaction snapshot = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellation);
        await using var byId = new NpgsqlCommand("select writer, sequence, ordinal from decision where evaluation_id = $1 limit 1", connection, snapshot);
        byId.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = evaluationId });
        ChainPosition? position = null;
        await using (NpgsqlDataReader reader = await byId.ExecuteReaderAsync(cancellation))
        {
            if (await reader.ReadAsync(cancellation))
            {
                position = new ChainPosition(reader.GetString(0), reader.GetInt64(1), reader.GetInt32(2));
            }
        }

        if (position is null)
        {
            await foreach (IndexedDecision decision in UnindexedAsync(connection, null, null, cancellation))
            {
                if (decision.EvaluationId == evaluationId)
                {
                    position = new ChainPosition(decision.Writer, decision.Sequence, decision.Ordinal);
                    break;
                }
            }
        }

        if (position is not { } known)
        {
            return null;
        }

        IReadOnlyList<FoundDecision> whole = await ReadWholeAsync(connection, [known], cancellation);
        return whole.Count > 0 ? whole[0] : null;
    }

    private static async Task AddIndexedAsync(
        NpgsqlConnection connection, DecisionFilter filter, List<(PageKey Key, ChainPosition Position)> found, CancellationToken cancellation)
    {
        await using NpgsqlCommand command = connection.CreateCommand();
        string where = filter.Where(command.Parameters);
        command.Parameters.Add(new NpgsqlParameter { Value = filter.Limit + 1 });
        command.CommandText = $"""
            select at, evaluation_id, writer, sequence, ordinal from decision
            where {where} order by at desc, evaluation_id desc limit ${command.Parameters.Count}
            """;
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation))
        {
            found.Add((new PageKey(reader.GetFieldValue<DateTimeOffset>(0), reader.GetGuid(1)),
                new ChainPosition(reader.GetString(2), reader.GetInt64(3), reader.GetInt32(4))));
        }
    }

    private static async Task AddUnindexedAsync(
        NpgsqlConnection connection, DecisionFilter filter, List<(PageKey Key, ChainPosition Position)> found, CancellationToken cancellation)
    {
        DateTimeOffset? until = filter.After is { } after && (filter.To is null || after.At < filter.To) ? after.At : filter.To;
        await foreach (IndexedDecision decision in UnindexedAsync(connection, filter.From, until, cancellation))
        {
            if (!filter.Matches(decision))
            {
                continue;
            }

            found.Add((new PageKey(decision.At, decision.EvaluationId), new ChainPosition(decision.Writer, decision.Sequence, decision.Ordinal)));
            if (found.Count > 8 * DecisionFilter.LimitMax)
            {
                // However far the indexer is behind, no more than a few pages are held.
                found.Sort((a, b) => PageKey.Compare(b.Key, a.Key));
                found.RemoveRange(filter.Limit + 1, found.Count - filter.Limit - 1);
            }
        }
    }

    private static async IAsyncEnumerable<IndexedDecision> UnindexedAsync(
        NpgsqlConnection connection, DateTimeOffset? from, DateTimeOffset? until,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(
            """
            select b.writer, b.sequence, b.payload from decision_writer w join decision_batch b on b.writer = w.writer and b.sequence > w.indexed
            where (w.closed_sequence is null or w.indexed < w.closed_sequence)
            and ($1 is null or b.last_at >= $1) and ($2 is null or b.first_at <= $2)
            """,
            connection);
        command.Parameters.Add(new NpgsqlParameter { Value = from?.UtcDateTime ?? (object)DBNull.Value, NpgsqlDbType = NpgsqlDbType.TimestampTz });
        command.Parameters.Add(new NpgsqlParameter { Value = until?.UtcDateTime ?? (object)DBNull.Value, NpgsqlDbType = NpgsqlDbType.TimestampTz });
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation))
        {
            foreach (IndexedDecision decision in Readable(reader.GetString(0), reader.GetInt64(1), reader.GetFieldValue<byte[]>(2)))
            {
                yield return decision;
            }
        }
    }

    private static List<IndexedDecision> Readable(string writer, long sequence, byte[] payload)
    {
        try
        {
            return [.. IndexedDecision.Of(writer, sequence, payload)];
        }
        catch (JsonException)
        {
            // Changed by somebody: the indexer logs it and the verification names it; the others are answered.
            return [];
        }
    }

    private static async Task<IReadOnlyList<FoundDecision>> ReadWholeAsync(
        NpgsqlConnection connection, List<ChainPosition> positions, CancellationToken cancellation)
    {
        var whole = new Dictionary<ChainPosition, FoundDecision>();
        ILookup<(string Writer, long Sequence), ChainPosition> batches = positions.ToLookup(position => (position.Writer, position.Sequence));
        await using var command = new NpgsqlCommand(
            """
            select b.writer, b.sequence, b.payload, b.hash from unnest($1::text[], $2::bigint[]) as wanted (writer, sequence)
            join decision_batch b on b.writer = wanted.writer and b.sequence = wanted.sequence
            """,
            connection);
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. batches.Select(batch => batch.Key.Writer)] });
        command.Parameters.Add(new NpgsqlParameter<long[]> { TypedValue = [.. batches.Select(batch => batch.Key.Sequence)] });
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation))
        {
            using JsonDocument? batch = TryParse(reader.GetFieldValue<byte[]>(2));
            byte[] hash = reader.GetFieldValue<byte[]>(3);
            foreach (ChainPosition position in batches[(reader.GetString(0), reader.GetInt64(1))])
            {
                JsonElement? record = batch?.RootElement is { ValueKind: JsonValueKind.Array } elements && position.Ordinal < elements.GetArrayLength()
                    ? elements[position.Ordinal].Clone()
                    : null;
                whole[position] = new FoundDecision(record, position, hash);
            }
        }

        return [.. positions.Where(whole.ContainsKey).Select(position => whole[position])];
    }

    private static JsonDocument? TryParse(byte[] payload)
    {
        try
        {
            return JsonDocument.Parse(BatchPayload.Unpack(payload));
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
