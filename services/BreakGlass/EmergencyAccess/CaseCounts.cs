using System.Data;
using Npgsql;

namespace AccessGov.BreakGlass.EmergencyAccess;

/// <summary>Counts the cases of a time, in one look at the list.</summary>
internal sealed class CaseCounts(NpgsqlDataSource database)
{
    // The time within which a case must be judged is drawn in so many parts.
    private const int Parts = 6;
    // Nobody can judge what is not known yet: what came from an edge counts from then on.
    private const string ReviewTook = "reviewed_at - coalesce(received_at, invoked_at)";
    private const string OfPeriod = "from emergency_case where not practice and invoked_at >= $1 and invoked_at < $2";

    /// <param name="Open">How many nobody has judged.</param>
    /// <param name="Overdue">How many of these had to be judged before now.</param>
    /// <param name="Late">How many were judged after they had to be.</param>
    /// <param name="MedianHours">From the invocation to the verdict; null when none was judged.</param>
    /// <param name="P90Hours">The same of nine in ten.</param>
    public sealed record Answer(
        DateTimeOffset From, DateTimeOffset To, long Cases, long Open, long Overdue, long Late, long Justified, long Unjustified,
        long Unclear, double ReviewHours, double? MedianHours, double? P90Hours, IReadOnlyList<ReviewTime> TimesToReview, Series OverTime,
        IReadOnlyList<Share> ByReasonCode, IReadOnlyList<Share> ByRole);

    public sealed record ReviewTime(double FromHours, double? ToHours, long Cases);

    public sealed record Series(string Unit, IReadOnlyList<Bucket> Buckets);

    public sealed record Bucket(DateTimeOffset At, long Cases);

    public sealed record Share(string Key, long Cases, long Reviewed, long Justified);

    private sealed record Totals(
        long Cases, long Open, long Overdue, long Late, long Justified, long Unjustified, long Unclear, double? Median, double? P90);

    public async Task<Answer> CountAsync(CountCases.Period period, TimeSpan within, DateTimeOffset now, CancellationToken cancellation)
    {
        // All parts are counted in the same cases.
        await using NpgsqlConnection connection = await database.OpenConnectionAsync(cancellation);
        await using NpgsqlTransaction look = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellation);
        Totals totals = (await ReadAsync(TotalsSql, row => new Totals(
            row.GetInt64(0), row.GetInt64(1), row.GetInt64(2), row.GetInt64(3), row.GetInt64(4), row.GetInt64(5), row.GetInt64(6),
            row.IsDBNull(7) ? null : row.GetDouble(7), row.IsDBNull(8) ? null : row.GetDouble(8)), now))[0];
        Dictionary<int, long> times = (await ReadAsync(
            $"""
            select least(width_bucket(extract(epoch from {ReviewTook})::float8, 0, $3, {Parts}), {Parts + 1}), count(*)
            {OfPeriod} and verdict is not null group by 1
            """, row => (Part: row.GetInt32(0), Cases: row.GetInt64(1)), within.TotalSeconds))
            .ToDictionary(one => one.Part, one => one.Cases);
        Dictionary<DateTimeOffset, long> buckets = (await ReadAsync(
            $"select date_trunc($3, invoked_at, 'UTC'), count(*) {OfPeriod} group by 1",
            row => (At: row.GetFieldValue<DateTimeOffset>(0), Cases: row.GetInt64(1)), period.Unit))
            .ToDictionary(one => one.At, one => one.Cases);
        IReadOnlyList<Share> reasons = await SharesAsync("reason_code"), roles = await SharesAsync("invoker_role");
        double part = within.TotalHours / Parts;
        return new Answer(
            period.From, period.To, totals.Cases, totals.Open, totals.Overdue, totals.Late, totals.Justified, totals.Unjustified,
            totals.Unclear, within.TotalHours, totals.Median, totals.P90,
            [
                .. Enumerable.Range(0, Parts + 1).Select(i =>
                    new ReviewTime(i * part, i == Parts ? null : (i + 1) * part, times.GetValueOrDefault(i + 1))),
            ],
            new Series(period.Unit, [.. period.Begins().Select(begin => new Bucket(begin, buckets.GetValueOrDefault(begin)))]),
            reasons, roles);

        Task<IReadOnlyList<Share>> SharesAsync(string key) => ReadAsync(
            $"""
            select {key}, count(*), count(*) filter (where verdict is not null), count(*) filter (where verdict = 'justified')
            {OfPeriod} group by 1 order by 2 desc, 1
            """, row => new Share(row.GetString(0), row.GetInt64(1), row.GetInt64(2), row.GetInt64(3)), null);

        async Task<IReadOnlyList<T>> ReadAsync<T>(string sql, Func<NpgsqlDataReader, T> read, object? third)
        {
            await using var command = new NpgsqlCommand(sql, connection, look);
            command.Parameters.Add(new() { Value = period.From });
            command.Parameters.Add(new() { Value = period.To });
            if (third is not null)
            {
                command.Parameters.Add(new() { Value = third });
            }

            return await ReadModelRows.ReadAsync(command, read, cancellation);
        }
    }

    private const string TotalsSql =
        $"""
        select count(*), count(*) filter (where verdict is null), count(*) filter (where verdict is null and review_due <= $3),
            count(*) filter (where late), count(*) filter (where verdict = 'justified'), count(*) filter (where verdict = 'unjustified'),
            count(*) filter (where verdict = 'unclear'),
            percentile_cont(0.5) within group (order by extract(epoch from {ReviewTook})::float8 / 3600),
            percentile_cont(0.9) within group (order by extract(epoch from {ReviewTook})::float8 / 3600)
        {OfPeriod}
        """;
}
