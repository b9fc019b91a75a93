using System.Runtime.CompilerServices;
using System.Text.Json;
using AccessGov.PolicyDecision.Evaluation;
using AccessGov.PolicyDecision.Journal;
using Npgsql;
using NpgsqlTypes;

namespace AccessGov.PolicyDecision.PolicyDrafts.Impact;

/// <summary>Reads the journal's decisions of a range of time, batch by batch.</summary>
internal sealed class RecordedDecisions(JournalDatabase database, HashedIds ids)
{
    private const int BatchesAtOnce = 256;
    private const int BytesAtOnce = 512 << 10;
    private const string Range = "from decision_batch where last_at >= $1 and first_at <= $2";

    /// <summary>How many records the batches have that may hold decisions of the range.</summary>
    public async Task<long> CountAsync(ImpactRange range, CancellationToken cancellation)
    {
        await using NpgsqlCommand count = Command($"select coalesce(sum(count), 0)::bigint {Range}", range);
        return (long)(await count.ExecuteScalarAsync(cancellation))!;
    }

    /// <summary>The decisions of each batch, the batches about in the order of time; null for a batch that somebody changed.</summary>
    public async IAsyncEnumerable<IReadOnlyList<RecordedDecision>?> ReadAsync(ImpactRange range, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await using NpgsqlCommand read = Command($"select payload {Range} order by first_at, writer, sequence", range);
        read.CommandTimeout = 0;
        await using NpgsqlDataReader row = await read.ExecuteReaderAsync(cancellation);

        // While some are parsed and decided the database is asked for the next ones.
        Task<List<byte[]>> next = PayloadsAsync(row, cancellation);
        try
        {
            while (await next is { Count: > 0 } payloads)
            {
                next = PayloadsAsync(row, cancellation);
                var batches = new IReadOnlyList<RecordedDecision>?[payloads.Count];
                await SharedWork.RunAsync(
                    batches.Length, itemsPerStep: 1,
                    i =>
                    {
                        batches[i] = Decisions(payloads[i], range);
                        return ValueTask.CompletedTask;
                    },
                    cancellation);
                foreach (IReadOnlyList<RecordedDecision>? batch in batches)
                {
                    yield return batch;
                }
            }
        }
        finally
        {
            await ((Task)next).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static async Task<List<byte[]>> PayloadsAsync(NpgsqlDataReader row, CancellationToken cancellation)
    {
        var payloads = new List<byte[]>();
        int bytes = 0;
        while (payloads.Count < BatchesAtOnce && bytes < BytesAtOnce && await row.ReadAsync(cancellation))
        {
            payloads.Add(row.GetFieldValue<byte[]>(0));
            bytes += payloads[^1].Length;
        }

        return payloads;
    }

    private NpgsqlCommand Command(string sql, ImpactRange range)
    {
        NpgsqlCommand command = database.Source.CreateCommand(sql);
        command.Parameters.Add(new NpgsqlParameter<DateTime> { TypedValue = range.From.UtcDateTime, NpgsqlDbType = NpgsqlDbType.TimestampTz });
        command.Parameters.Add(new NpgsqlParameter<DateTime> { TypedValue = range.To.UtcDateTime, NpgsqlDbType = NpgsqlDbType.TimestampTz });
        return command;
    }

    private List<RecordedDecision>? Decisions(byte[] payload, ImpactRange range)
    {
        try
        {
            using JsonDocument batch = JsonDocument.Parse(BatchPayload.Unpack(payload));
            var decisions = new List<RecordedDecision>();
            foreach (JsonElement element in batch.RootElement.EnumerateArray().Where(element => !element.TryGetProperty("marker"u8, out _)))
            {
                if (range.Takes(element) && RecordedDecision.Of(element, ids) is { } decision)
                {
                    decisions.Add(decision);
                }
            }

            return decisions;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }
    }
}

/// <summary>Which decisions are asked again.</summary>
/// <param name="From">The first instant.</param>
/// <param name="To">The instant after the last one.</param>
/// <param name="Sample">The share of the decisions, up to 1; which ones depends on their ids alone.</param>
internal sealed record ImpactRange(DateTimeOffset From, DateTimeOffset To, double Sample)
{
    private const int Shares = 1_000_000;

    public bool Takes(JsonElement record)
    {
        DateTimeOffset at = record.GetProperty("at"u8).GetDateTimeOffset();
        return at >= From && at < To && (Sample >= 1 || ShareOf(record.GetProperty("evaluationId"u8).GetGuid()) < Sample * Shares);
    }

    // The last four bytes of such an id are random.
    private static uint ShareOf(Guid id) => BitConverter.ToUInt32(id.ToByteArray(), 12) % Shares;
}
