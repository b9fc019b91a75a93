using AccessGov.BreakGlass.EmergencyAccess;
using Npgsql;

namespace AccessGov.BreakGlass.Evidence;

/// <summary>What the list of cases tells about many of them: what one is compared by, and what is learnt. Thread-safe.</summary>
internal sealed class CaseFacts(NpgsqlDataSource database)
{
    private const int EarlierMax = 20;

    /// <summary>So long before a case others are looked at: of the person and their peers, and of people about the patient.</summary>
    private static readonly TimeSpan PeersWithin = TimeSpan.FromDays(30);
    private static readonly TimeSpan CrowdWithin = TimeSpan.FromHours(24);

    /// <summary>The newest cases before one, of its person or about its patient; drills are compared with drills.</summary>
    public async Task<IReadOnlyList<EarlierCase>> EarlierAsync(string id, EmergencyAccessInvoked about, CancellationToken cancellation)
    {
        await using NpgsqlCommand read = database.CreateCommand(
            $"""
            (select id, person, patient, reason_code, invoked_at, verdict, score from emergency_case
             where person = $2 and practice = $4 and invoked_at <= $5 and id <> $1 order by invoked_at desc, id limit {EarlierMax})
            union
            (select id, person, patient, reason_code, invoked_at, verdict, score from emergency_case
             where patient = $3 and practice = $4 and invoked_at <= $5 and id <> $1 order by invoked_at desc, id limit {EarlierMax})
            order by 5 desc, 1
            """);
        Array.ForEach<object>(
            [id, about.Person, about.Patient, about.Practice, about.At.ToUniversalTime()],
            value => read.Parameters.Add(new() { Value = value }));
        return await ReadModelRows.ReadAsync(
            read, row => new EarlierCase(
                row.GetString(0), row.GetString(1), row.GetString(2), row.GetString(3), row.GetFieldValue<DateTimeOffset>(4),
                ReadModelRows.Text(row, 5),
                row.IsDBNull(6) ? null : row.GetInt32(6)), cancellation);
    }

    /// <summary>
    /// How often the person and the others with the same role took emergency access, and how many people took it to the patient.
    /// </summary>
    public async Task<Frequency> FrequencyAsync(string id, EmergencyAccessInvoked about, CancellationToken cancellation)
    {
        await using NpgsqlCommand read = database.CreateCommand(
            """
            with counted as (
                select person, count(*) as cases from emergency_case
                where invoker_role = $4 and practice = $5 and id <> $1 and invoked_at > $6::timestamptz - $7 and invoked_at <= $6
                    and named
                group by person)
            select coalesce((select cases from counted where person = $2), 0) + 1,
                coalesce((select percentile_cont(0.5) within group (order by cases) from counted where person <> $2), 0),
                (select count(distinct person) from emergency_case
                 where patient = $3 and practice = $5 and invoked_at > $6::timestamptz - $8 and invoked_at <= $6 and person <> $2) + 1
            """);
        Array.ForEach<object>(
            [id, about.Person, about.Patient, about.InvokerRole, about.Practice, about.At.ToUniversalTime(), PeersWithin, CrowdWithin],
            value => read.Parameters.Add(new() { Value = value }));
        return (await ReadModelRows.ReadAsync(
            read, row => new Frequency((int)row.GetInt64(0), row.GetDouble(1), (int)row.GetInt64(2)), cancellation))[0];
    }

    /// <summary>What justified cases have in common: by role, department and reason code. Drills are none of them.</summary>
    public async Task<IReadOnlyList<JustifiedCases>> JustifiedAsync(DateTimeOffset from, DateTimeOffset to, CancellationToken cancellation)
    {
        await using NpgsqlCommand read = database.CreateCommand(
            """
            select invoker_role, department, reason_code, count(*)::int, array_agg(distinct person),
                (count(*) filter (where 'off_shift' = any (score_reasons)))::int
            from emergency_case where verdict = 'justified' and not practice and invoked_at >= $1 and invoked_at < $2
            group by 1, 2, 3 order by 1, 2, 3
            """);
        read.Parameters.Add(new() { Value = from.ToUniversalTime() });
        read.Parameters.Add(new() { Value = to.ToUniversalTime() });
        return await ReadModelRows.ReadAsync(
            read, row => new JustifiedCases(
                row.GetString(0), ReadModelRows.Text(row, 1), row.GetString(2), row.GetInt32(3), row.GetFieldValue<string[]>(4),
                row.GetInt32(5)), cancellation);
    }

    /// <summary>When the last drill was; null when there was none.</summary>
    public async Task<DateTimeOffset?> LastDrillAsync(CancellationToken cancellation)
    {
        await using NpgsqlCommand read = database.CreateCommand("select max(invoked_at) from emergency_case where practice");
        return await read.ExecuteScalarAsync(cancellation) is DateTime last ? new DateTimeOffset(last, TimeSpan.Zero) : null;
    }
}
