using System.Data;
using System.Globalization;
using AccessGov.PolicyDecision.Journal;
using Npgsql;
using NpgsqlTypes;

namespace AccessGov.PolicyDecision.Analytics;

/// <summary>What one key stands for.</summary>
internal sealed record AccessRow(string Key, long Permits, long Denials, long Studies, DateTimeOffset First, DateTimeOffset Last)
{
    public long Count => Permits + Denials;
}

/// <summary>All rows together.</summary>
/// <param name="WithoutKey">Accesses that have none: a search in an archive names no study.</param>
internal sealed record AccessTotals(
    long Permits, long Denials, long Studies, long Keys, long WithoutKey, DateTimeOffset? First, DateTimeOffset? Last);

/// <summary>What was counted.</summary>
/// <param name="Until">Everything before it is counted, nothing from it on.</param>
internal sealed record CountedAccesses(
    DateTimeOffset Until, AccessTotals Totals, IReadOnlyList<AccessRow> Rows, IReadOnlyList<QuarterCount> Quarters);

/// <summary>
/// Counts in the database, from the journal's index and from the decisions behind it, in one snapshot: as complete as a search for them.
/// Only where very many wait to be indexed they are left out, and it is counted up to the first of them.
/// </summary>
/// <param name="database">The journal's.</param>
/// <param name="unindexedMax">So many decisions behind the index are sent along to be counted.</param>
/// <param name="patience">So long a statement may take in the database.</param>
internal sealed class AccessCounts(JournalDatabase database, int unindexedMax = 50_000, TimeSpan? patience = null)
{
    // Two statements, and callers that wait for half a minute.
    private static readonly TimeSpan PatienceUnlessGiven = TimeSpan.FromSeconds(12);

    // What withdraws a batch stands in the next one: the last indexed one is settled only when there is nothing behind it.
    private const string FirstUnindexed = """
        select min(b.first_at) from decision_writer w
        cross join lateral (select min(first_at) as first_at from decision_batch b where b.writer = w.writer and b.sequence >= w.indexed) b
        where (w.closed_sequence is null or w.indexed < w.closed_sequence)
        and exists (select 1 from decision_batch b where b.writer = w.writer and b.sequence > w.indexed)
        """;

    /// <summary>Pairs first, and totals from the rows: that counts different studies without sorting every decision.</summary>
    private const string Rows = """
        , pair as materialized (
            select key, study, (count(*) filter (where permitted))::int as permits, (count(*) filter (where not permitted))::int as denials,
                min(at) as first, max(at) as last
            from counted group by key, study),
        ranked as materialized (
            select key, sum(permits) as permits, sum(denials) as denials, count(study) as studies, min(first) as first, max(last) as last
            from pair group by key),
        total as (
            select coalesce(sum(permits), 0)::bigint as permits, coalesce(sum(denials), 0)::bigint as denials,
                (select count(*) from (select from pair where study is not null group by study) as different) as studies,
                count(key) as keys, coalesce(sum(permits + denials) filter (where key is null), 0)::bigint as without,
                min(first) as first, max(last) as last
            from ranked)
        select t.*, r.* from total t left join lateral (
            select * from ranked
            where key is not null and ($1::bigint is null or permits + denials < $1 or (permits + denials = $1 and key > $2))
            order by permits + denials desc, key limit $3) r on true
        order by r.permits + r.denials desc, r.key
        """;

    private const string Quarters = """
        select date_bin('15 minutes', at, timestamptz '2000-01-01 00:00:00+00'),
            count(*) filter (where permitted), count(*) filter (where not permitted)
        from counted group by 1
        """;

    /// <exception cref="NpgsqlException">The database cannot be asked, or it took longer than it may (SQLSTATE 57014).</exception>
    public async Task<CountedAccesses> CountAsync(AccessQuestion question, DateTimeOffset now, CancellationToken cancellation)
    {
        await using NpgsqlConnection connection = await database.Source.OpenConnectionAsync(cancellation);
        await using NpgsqlTransaction snapshot = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellation);
        await BoundAsync(connection, cancellation);
        DateTimeOffset until = Earlier(question.Filter.To!.Value, question.After?.Until ?? RecordJson.Truncated(now));
        if (await BehindAsync(connection, Before(question, until), cancellation) is not { } behind)
        {
            behind = BehindTheIndex.Nothing;
            until = Earlier(until, await FirstUnindexedAsync(connection, cancellation));
        }

        AccessQuestion bounded = Before(question, until);
        (AccessTotals totals, List<AccessRow> rows) = await RowsAsync(connection, bounded, behind, cancellation);
        return new CountedAccesses(until, totals, rows, await QuartersAsync(connection, bounded, behind, cancellation));
    }

    private static DateTimeOffset Earlier(DateTimeOffset one, DateTimeOffset other) => one < other ? one : other;

    private static AccessQuestion Before(AccessQuestion question, DateTimeOffset until) =>
        question with { Filter = question.Filter with { To = until } };

    /// <summary>What the index does not know yet; null when that is more than is sent along.</summary>
    private async Task<BehindTheIndex?> BehindAsync(NpgsqlConnection connection, AccessQuestion question, CancellationToken cancellation)
    {
        var behind = new BehindTheIndex([], []);
        int read = 0;
        await foreach (IndexedDecision decision in UnindexedDecisions.ReadAsync(
            connection, question.From, question.Filter.To, behind.Overruled, cancellation))
        {
            if (++read > unindexedMax)
            {
                return null;
            }

            if (question.Matches(decision))
            {
                behind.Decisions.Add(decision);
            }
        }

        return behind;
    }

    private static async Task<(AccessTotals Totals, List<AccessRow> Rows)> RowsAsync(
        NpgsqlConnection connection, AccessQuestion question, BehindTheIndex behind, CancellationToken cancellation)
    {
        await using NpgsqlCommand command = connection.CreateCommand();
        command.Parameters.Add(ReadModelRows.Optional(question.After?.Count, NpgsqlDbType.Bigint));
        command.Parameters.Add(ReadModelRows.Optional(question.After?.Key, NpgsqlDbType.Text));
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = question.Paging.Limit });
        command.CommandText = AccessSource.Of(command.Parameters, question, behind) + Rows;
        AccessTotals totals = new(0, 0, 0, 0, 0, null, null);
        var rows = new List<AccessRow>();
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation))
        {
            totals = new AccessTotals(
                reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2), reader.GetInt64(3), reader.GetInt64(4),
                ReadModelRows.Instant(reader, 5), ReadModelRows.Instant(reader, 6));
            if (!reader.IsDBNull(7))
            {
                rows.Add(new AccessRow(
                    reader.GetString(7), reader.GetInt64(8), reader.GetInt64(9), reader.GetInt64(10),
                    reader.GetFieldValue<DateTimeOffset>(11), reader.GetFieldValue<DateTimeOffset>(12)));
            }
        }

        return (totals, rows);
    }

    private static async Task<IReadOnlyList<QuarterCount>> QuartersAsync(
        NpgsqlConnection connection, AccessQuestion question, BehindTheIndex behind, CancellationToken cancellation)
    {
        await using NpgsqlCommand command = connection.CreateCommand();
        command.CommandText = AccessSource.Of(command.Parameters, question, behind) + Quarters;
        return await ReadModelRows.ReadAsync(
            command, row => new QuarterCount(row.GetFieldValue<DateTimeOffset>(0), row.GetInt64(1), row.GetInt64(2)), cancellation);
    }

    private static async Task<DateTimeOffset> FirstUnindexedAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(FirstUnindexed, connection);
        object? first = await command.ExecuteScalarAsync(cancellation);
        return first is DateTime at ? new DateTimeOffset(at, TimeSpan.Zero) : DateTimeOffset.MaxValue;
    }

    private async Task BoundAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        // What PostgreSQL gives a statement unless told, 4 MB, would have a month sorted on the disk.
        int milliseconds = (int)(patience ?? PatienceUnlessGiven).TotalMilliseconds;
        string sql = string.Create(
            CultureInfo.InvariantCulture, $"set local statement_timeout = {milliseconds}; set local work_mem = '32MB'");
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancellation);
    }
}
