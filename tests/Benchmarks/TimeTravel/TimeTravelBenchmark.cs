using System.Diagnostics;
using AccessGov.CommandEndpoints;
using AccessGov.EventSourcing;
using AccessGov.PolicyDecision;
using AccessGov.PolicyDecision.Facts;
using AccessGov.PolicyDecision.Policies;
using AccessGov.PolicyDecision.Roles;
using AccessGov.PolicyDecision.Sites;
using AccessGov.PolicyDecision.Studies;
using AccessGov.PolicyDecision.TimeTravel;
using AccessGov.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Npgsql;

namespace AccessGov.Benchmarks.TimeTravel;

/// <summary>
/// Questions about the past over a store that was filled in bulk: 20,000 people, three grants of four events (department or patient, one in
/// a thousand for everywhere), the fourth revokes the first of them. The rows are those that appends and the subscription would write; HTTP and the journal are left out.
/// </summary>
internal static class TimeTravelBenchmark
{
    private const string Schema = "policy_decision";
    private const int Departments = 50;
    private const int Runs = 15;

    private const string Policies = """
        @id("read") permit (principal in Reader::"role-0", action == Action::"study.view", resource is Study);
        @id("write") permit (principal in Role::"role-1", action in [Action::"study.view", Action::"study.annotate"], resource is Study);
        @id("team") permit (principal is User, action == Action::"study.view", resource is Study) when { resource.patient.careTeam.contains(principal) };
        @id("family") forbid (principal, action, resource is Study) when { principal.family.contains(resource.patient) };
        """;

    private static readonly StudyFacts Study = new("1.2.1", "P17", null, "department-7", ["CT"], null, null, [], Finalized: false, null);
    private static readonly Circumstances Unknown = new(null, 0, null, null);

    public static async Task<int> RunAsync(int events)
    {
        Console.WriteLine($"{Environment.ProcessorCount} processors, load average before: {(File.Exists("/proc/loadavg") ? File.ReadAllText("/proc/loadavg").Split(' ')[0] : "unknown")}");
        await using PostgresServer server = await PostgresServer.StartPrivateAsync();
        string connection = await server.CreateDatabaseAsync();
        await using NpgsqlDataSource database = NpgsqlDataSource.Create(DatabaseSettings.Of(connection, Schema, "bench"));
        await using var store = new PostgresEventStore(
            database,
            new EventStoreOptions
            {
                Schema = Schema, Types = EventTypes.From(typeof(FactHistory).Assembly),
                AlsoCreate = (open, cancellation) => SchemaCreation.CreateAsync(open, Schema, "lists", FactIntervals.CreateTable, cancellation),
            },
            TimeProvider.System, NullLogger<PostgresEventStore>.Instance);
        await store.StartAsync();
        int common = await WriteCommonAsync(store, database);
        long started = Stopwatch.GetTimestamp();
        await FillAsync(database, common, events);
        Console.WriteLine($"{events:N0} events filled in {Stopwatch.GetElapsedTime(started).TotalSeconds:F0} s");

        var history = new FactHistory(database, store, new NoFacts(), Options.Create(new PolicyDecisionOptions()), TimeProvider.System);
        (StudyReaders readers, SubjectRights rights) = (new StudyReaders(history), new SubjectRights(history));
        var results = new ResultTable();
        foreach ((string when, double share) in ((string, double)[])[("early", 0.1), ("in the middle", 0.5), ("at the end", 1)])
        {
            DateTimeOffset at = Start.AddSeconds(events * share);
            await MeasureAsync($"who could open a study, {when}, first 100", () => readers.FindAsync(Study, "study.view", at, Unknown, "", 100, default));
            await MeasureAsync($"who could open a study, {when}, first 1,000", () => readers.FindAsync(Study, "study.view", at, Unknown, "", 1_000, default));
            await MeasureAsync($"what somebody could do, {when}, first 100 classes", () => rights.FindAsync(new SubjectKey("User", "person-4711"), at, Unknown, "", 100, default));
        }

        DateTimeOffset end = Start.AddSeconds(events);
        await MeasureAsync("events of the last tenth about somebody", () => history.EventsBetweenAsync(Start.AddSeconds(events * 0.9), end, "User/person-4711", null, [], 1_001, default));
        return results.Print();

        async Task MeasureAsync<T>(string what, Func<Task<T>> ask)
        {
            double[] times = new double[Runs];
            for (int run = -2; run < Runs; run++)
            {
                long asked = Stopwatch.GetTimestamp();
                await ask();
                times[Math.Max(run, 0)] = Stopwatch.GetElapsedTime(asked).TotalMilliseconds;
            }

            Array.Sort(times);
            results.Add($"{what}, median", "ms", 2_000, times[Runs / 2]);
            results.Add("  slowest", "ms", 2_000, times[^1]);
        }
    }

    /// <summary>When the filled events begin, one each second.</summary>
    private static DateTimeOffset Start { get; } = new(2020, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static async Task<int> WriteCommonAsync(PostgresEventStore store, NpgsqlDataSource database)
    {
        await store.AppendAsync(new StreamAppend("site-north", ExpectedVersion.NoStream, [new SiteDefined(
            "North", "Europe/Vienna", [], [], [.. Enumerable.Range(0, Departments).Select(i => new SiteDepartment($"department-{i}", "D"))], [])]));
        for (int role = 0; role < 10; role++)
        {
            await store.AppendAsync(new StreamAppend($"role-role-{role}", ExpectedVersion.NoStream, [new RoleDefined("d", [], false, null)]));
        }

        AppendReceipt last = await store.AppendAsync(new StreamAppend(
            "policy-set-hospital", ExpectedVersion.NoStream, [new PolicySetPublished(1, "hash", [new PolicyFile("a.cedar", Policies)], "c")]));
        int position = (int)await store.PositionOfAsync(last);
        await using NpgsqlConnection connection = await database.OpenConnectionAsync();
        await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync();
        await new FactIntervals().HandleAsync(await store.ReadAllAsync(0, position), transaction, default);
        await using var early = new NpgsqlCommand($"update fact_interval set opened_at = '{Start:O}'", connection, transaction);
        await early.ExecuteNonQueryAsync();
        await transaction.CommitAsync();
        return position;
    }

    /// <summary>Positions and sequence values are one number here. Triggers are off: nothing is left to be numbered.</summary>
    private static async Task FillAsync(NpgsqlDataSource database, int common, int events)
    {
        await using NpgsqlConnection connection = await database.OpenConnectionAsync();
        await using var fill = new NpgsqlCommand(
            $"""
            set session_replication_role = replica;
            set synchronous_commit = off;
            create temp table filled as
            select {common} + n as position, '{Start:O}'::timestamptz + n * interval '1 second' as at, n % 4 = 0 as revokes,
                   'grant-' || (case when n % 4 = 0 then n - 3 else n end) as stream, 'person-' || (case when n % 4 = 0 then n - 3 else n end)::bigint * 7919 % 20000 as person,
                   'role-' || n / 100 % 10 as role,
                   case when n % 1000 = 1 then 'everywhere' when n % 2 = 0 then 'department' else 'patient' end as kind,
                   case when n % 1000 = 1 then null when n % 2 = 0 then 'department-' || n / 2 % {Departments} else 'P' || n % 200000 end as id, n
            from generate_series(1, {events}) as n;
            insert into mt_events (seq_id, id, stream_id, version, data, type, timestamp)
            select position, gen_random_uuid(), stream, case when revokes then 2 else 1 end,
                   case when revokes then jsonb_build_object('SubjectType', 'User', 'SubjectId', person, 'Role', role, 'Reason', 'x')
                   else jsonb_build_object('SubjectType', 'User', 'SubjectId', person, 'Role', role, 'ScopeKind', initcap(kind), 'ScopeId', id, 'From', at, 'Until', null, 'ReadOnly', false, 'Reason', 'x') end,
                   case when revokes then 'grant_revoked' else 'grant_given' end, at from filled;
            insert into event_store_feed (position, sequence) select position, position from filled;
            insert into fact_interval (position, stream, kind, subject, scope, role, opened_at, holds_from, ended, ended_at)
            select given.position, given.stream, 'grant', 'User/' || given.person, case when given.id is null then given.kind else given.kind || '/' || given.id end, given.role, given.at, given.at,
                   case when n % 4 = 1 and n + 3 <= {events} then given.position + 3 end, case when n % 4 = 1 and n + 3 <= {events} then given.at + interval '3 seconds' end
            from filled as given where not revokes;
            drop table filled;
            """, connection) { CommandTimeout = 3_600 };
        await fill.ExecuteNonQueryAsync();

        // What PostgreSQL does by itself in the hours in which so many events arrive.
        foreach (string sql in (string[])["vacuum (analyze)", "checkpoint"])
        {
            await using var settle = new NpgsqlCommand(sql, connection) { CommandTimeout = 3_600 };
            await settle.ExecuteNonQueryAsync();
        }
    }

    /// <summary>No replica: countries are not asked for.</summary>
    private sealed class NoFacts : IFacts
    {
        public bool IsReady => true;

        public bool AreComplete => true;

        public FactsSnapshot Current => FactsSnapshot.Empty;

        public ValueTask<FactsSnapshot> AtLeastAsync(long position, CancellationToken cancellation) => new(Current);
    }
}
