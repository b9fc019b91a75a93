using System.Data;
using System.Text.Json;
using AccessGov.PolicyDecision.Evaluation;
using Npgsql;

namespace AccessGov.PolicyDecision.Journal;

/// <summary>Where a decision stands in its chain.</summary>
internal readonly record struct ChainPosition(string Writer, long Sequence, int Ordinal);

/// <summary>A decision as it was recorded, and its place in the chain. The record is absent where its batch is damaged.</summary>
/// <param name="Withdrawn">Its caller was answered with a denial: it was not known then that the record would stay.</param>
internal sealed record FoundDecision(JsonElement? Record, ChainPosition Position, byte[] BatchHash, bool Withdrawn);

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
        var found = new List<Hit>();
        var overruled = new List<(string Writer, long Sequence)>();
        await AddUnindexedAsync(connection, filter, found, overruled, cancellation);
        await AddIndexedAsync(connection, filter, found, overruled, cancellation);
        found.Sort(Hit.NewestFirst);
        bool more = found.Count > filter.Limit;
        List<Hit> page = found[..Math.Min(found.Count, filter.Limit)];
        return (await ReadWholeAsync(connection, page, cancellation), more ? page[^1].Key : null);
    }

    /// <summary>One decision by its id, null when there is none.</summary>
    /// <exception cref="NpgsqlException">The database cannot be asked.</exception>
    public async Task<FoundDecision?> FindAsync(Guid evaluationId, CancellationToken cancellation)
    {
        await using NpgsqlConnection connection = await database.Source.OpenConnectionAsync(cancellation);
        await using NpgsqlTransaction snapshot = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellation);
        Hit? hit = await IndexedAsync(connection, evaluationId, cancellation);
        if (hit is null)
        {
            await foreach (IndexedDecision decision in UnindexedDecisions.ReadAsync(connection, null, null, [], cancellation))
            {
                if (decision.EvaluationId == evaluationId)
                {
                    hit = new Hit(decision);
                    break;
                }
            }
        }

        if (hit is not { } known)
        {
            return null;
        }

        IReadOnlyList<FoundDecision> whole = await ReadWholeAsync(connection, [known], cancellation);
        return whole.Count > 0 ? whole[0] : null;
    }

    private static async Task<Hit?> IndexedAsync(NpgsqlConnection connection, Guid evaluationId, CancellationToken cancellation)
    {
        // The batch behind may say that this one was withdrawn, and not be indexed yet.
        await using var byId = new NpgsqlCommand(
            """
            select d.at, d.writer, d.sequence, d.ordinal, d.reason, b.payload, n.payload from decision d
            join decision_batch b on b.writer = d.writer and b.sequence = d.sequence
            left join decision_batch n on n.writer = d.writer and n.sequence = d.sequence + 1 where d.evaluation_id = $1 limit 1
            """,
            connection);
        byId.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = evaluationId });
        await using NpgsqlDataReader reader = await byId.ExecuteReaderAsync(cancellation);
        if (!await reader.ReadAsync(cancellation))
        {
            return null;
        }

        var key = new PageKey(reader.GetFieldValue<DateTimeOffset>(0), evaluationId);
        var position = new ChainPosition(reader.GetString(1), reader.GetInt64(2), reader.GetInt32(3));
        return new Hit(key, position, IsDenied(reader.GetString(4)) || OverruledByNext(reader, position));
    }

    private static bool OverruledByNext(NpgsqlDataReader reader, ChainPosition position) =>
        !reader.IsDBNull(6)
        && BatchContents.TryRead(position.Writer, position.Sequence + 1, reader.GetFieldValue<byte[]>(6)) is { } next && next.Withdrawn.Contains(position.Sequence)
        && BatchContents.TryRead(position.Writer, position.Sequence, reader.GetFieldValue<byte[]>(5)) is { } own
        && own.Decisions.Any(decision => decision.MustLog && decision.Ordinal == position.Ordinal);

    private static async Task AddIndexedAsync(
        NpgsqlConnection connection, DecisionFilter filter, List<Hit> found, List<(string Writer, long Sequence)> overruled, CancellationToken cancellation)
    {
        await using NpgsqlCommand command = connection.CreateCommand();
        string where = filter.Where(command.Parameters);
        if (overruled.Count > 0)
        {
            command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. overruled.Select(batch => batch.Writer)] });
            command.Parameters.Add(new NpgsqlParameter<long[]> { TypedValue = [.. overruled.Select(batch => batch.Sequence)] });
            where += $" and (writer, sequence) not in (select * from unnest(${command.Parameters.Count - 1}::text[], ${command.Parameters.Count}::bigint[]))";
        }

        command.Parameters.Add(new NpgsqlParameter { Value = filter.Limit + 1 });
        command.CommandText = $"""
            select at, evaluation_id, writer, sequence, ordinal, reason from decision
            where {where} order by at desc, evaluation_id desc limit ${command.Parameters.Count}
            """;
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation))
        {
            found.Add(new Hit(
                new PageKey(reader.GetFieldValue<DateTimeOffset>(0), reader.GetGuid(1)),
                new ChainPosition(reader.GetString(2), reader.GetInt64(3), reader.GetInt32(4)), IsDenied(reader.GetString(5))));
        }
    }

    private static async Task AddUnindexedAsync(
        NpgsqlConnection connection, DecisionFilter filter, List<Hit> found, List<(string Writer, long Sequence)> overruled, CancellationToken cancellation)
    {
        DateTimeOffset? until = filter.After is { } after && (filter.To is null || after.At < filter.To) ? after.At : filter.To;
        await foreach (IndexedDecision decision in UnindexedDecisions.ReadAsync(connection, filter.From, until, overruled, cancellation))
        {
            if (!filter.Matches(decision))
            {
                continue;
            }

            found.Add(new Hit(decision));
            if (found.Count > 8 * DecisionFilter.LimitMax)
            {
                // However far the indexer is behind, no more than a few pages are held.
                found.Sort(Hit.NewestFirst);
                found.RemoveRange(filter.Limit + 1, found.Count - filter.Limit - 1);
            }
        }
    }

    /// <summary>No record has this reason: the index has it from a withdrawal only.</summary>
    private static bool IsDenied(string reason) => string.Equals(reason, Reasons.JournalUnavailable, StringComparison.Ordinal);

    private static async Task<IReadOnlyList<FoundDecision>> ReadWholeAsync(
        NpgsqlConnection connection, List<Hit> hits, CancellationToken cancellation)
    {
        var whole = new Dictionary<ChainPosition, FoundDecision>();
        ILookup<(string Writer, long Sequence), Hit> batches = hits.ToLookup(hit => (hit.Position.Writer, hit.Position.Sequence));
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
            foreach ((_, ChainPosition position, bool withdrawn) in batches[(reader.GetString(0), reader.GetInt64(1))])
            {
                JsonElement? record = batch?.RootElement is { ValueKind: JsonValueKind.Array } elements && position.Ordinal < elements.GetArrayLength()
                    ? elements[position.Ordinal].Clone()
                    : null;
                whole[position] = new FoundDecision(record, position, hash, withdrawn);
            }
        }

        return [.. hits.Where(hit => whole.ContainsKey(hit.Position)).Select(hit => whole[hit.Position])];
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

    /// <summary>What a search found, before it is read whole.</summary>
    private readonly record struct Hit(PageKey Key, ChainPosition Position, bool Withdrawn)
    {
        public Hit(IndexedDecision decision)
            : this(new PageKey(decision.At, decision.EvaluationId), decision.Position, decision.Withdrawn)
        {
        }

        public static int NewestFirst(Hit one, Hit other) => PageKey.Compare(other.Key, one.Key);
    }
}
