using System.Diagnostics;
using System.Globalization;
using AccessGov.Audit.Ingest;
using AccessGov.Audit.Sealing;
using AccessGov.Audit.Search;
using AccessGov.Audit.Tests;
using AccessGov.Audit.Trail;
using AccessGov.Testing;
using AccessGov.TransparencyLog;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace AccessGov.Benchmarks.Audit;

/// <summary>
/// The audit trail: how fast events are taken in durably and get their places, how long until each is provable, what a proof costs, and how
/// long a patient's timeline takes among many entries. The real service on a private PostgreSQL that keeps data.
/// </summary>
internal static class AuditTrailBenchmark
{
    private const int BatchEvents = 500;
    private const int Callers = 8;

    // As long as the compiler still works on the code, it takes a part of the processors.
    private const int WarmUp = 200_000;
    private const string Patient = "p-timeline";
    private static readonly TimeSpan Steady = TimeSpan.FromSeconds(30);

    public static async Task<int> RunAsync(int entries)
    {
        await using PostgresServer server = await PostgresServer.StartPrivateAsync();
        await using AuditHost host = await AuditHost.StartAsync(
            server, new Dictionary<string, string?>(StringComparer.Ordinal) { ["Audit:RoundInterval"] = "00:00:00.250" });
        var state = host.Services.GetRequiredService<TrailState>();
        var results = new ResultTable();
        await FillAsync(host, WarmUp);
        await PlacedAsync(state, WarmUp);
        (double taken, double placed) = await RatesAsync(host, state, 200_000);
        results.Add($"events/s taken in durably, {Callers} callers with {BatchEvents} each, while the trail works", "events/s", 20_000,
            taken, atLeast: true);
        results.Add("events/s from the first taken in until the last is provable", "events/s", 20_000, placed, atLeast: true);
        List<double> until = await UntilProvableAsync(host, state);
        results.Add("until provable at 1,000 events/s, median", "ms", null, Percentiles.Of(until, 0.5));
        results.Add("until provable at 1,000 events/s, p99", "ms", 2_000, Percentiles.Of(until, 0.99));
        Prove(host, results);
        await TimelineAsync(host, entries, results);
        return results.Print();
    }

    private static async Task<(double Taken, double Placed)> RatesAsync(AuditHost host, TrailState state, int events)
    {
        long before = state.Newest.Size, start = Stopwatch.GetTimestamp();
        await FillAsync(host, events);
        double taken = events / Stopwatch.GetElapsedTime(start).TotalSeconds;
        await PlacedAsync(state, before + events);
        return (taken, events / Stopwatch.GetElapsedTime(start).TotalSeconds);
    }

    private static Task FillAsync(AuditHost host, int events) =>
        Task.WhenAll(Enumerable.Range(0, Callers).Select(caller => Task.Run(async () =>
    {
        for (int batch = 0; batch < events / Callers / BatchEvents; batch++)
        {
            await host.Intake.AcceptAsync("pacs", Some(BatchEvents), CancellationToken.None);
        }
    })));

    private static AuditRecord[] Some(int count) =>
        [.. Enumerable.Range(0, count).Select(_ => Records.View(
            $"p-{Random.Shared.Next(5_000)}", $"u-{Random.Shared.Next(500)}", "1.2.840.113619.2.55.3." + Random.Shared.Next(100_000)))];

    private static Task PlacedAsync(TrailState state, long size) =>
        Eventually.HoldsAsync(() => state.Newest.Size >= size, $"{size} events have their places", TimeSpan.FromMinutes(10));

    /// <summary>A batch of 50 each 50 ms; how long after it was sent a checkpoint is over its last event.</summary>
    private static async Task<List<double>> UntilProvableAsync(AuditHost host, TrailState state)
    {
        long expected = state.Newest.Size, start = Stopwatch.GetTimestamp();
        var waiting = new List<Task<double>>();
        while (Stopwatch.GetElapsedTime(start) < Steady)
        {
            long sent = Stopwatch.GetTimestamp();
            await host.Intake.AcceptAsync("pacs", Some(50), CancellationToken.None);
            waiting.Add(MillisecondsUntilAsync(state, expected += 50, sent));
            TimeSpan left = TimeSpan.FromMilliseconds(50) - Stopwatch.GetElapsedTime(sent);
            await Task.Delay(left > TimeSpan.Zero ? left : TimeSpan.Zero);
        }

        return [.. await Task.WhenAll(waiting)];
    }

    private static async Task<double> MillisecondsUntilAsync(TrailState state, long size, long sent)
    {
        while (true)
        {
            Task moved = state.Moved;
            if (state.Newest.Size >= size)
            {
                return Stopwatch.GetElapsedTime(sent).TotalMilliseconds;
            }

            await moved;
        }
    }

    private static void Prove(AuditHost host, ResultTable results)
    {
        var reader = host.Services.GetRequiredService<TrailReader>();
        long size = reader.Size;
        var times = new List<double>();
        int longest = 0;
        for (int i = 0; i < 2_000; i++)
        {
            long start = Stopwatch.GetTimestamp();
            LogProof proof = reader.ProofOf(Random.Shared.NextInt64(size))!;
            times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            longest = Math.Max(longest, proof.ToString().Length);
        }

        results.Add($"proof of one of {size.ToString("N0", CultureInfo.InvariantCulture)} events, median", "ms", 1,
            Percentiles.Of(times, 0.5));
        results.Add("proof of one event, p99", "ms", null, Percentiles.Of(times, 0.99));
        results.Add("text of the longest proof", "bytes", 4_096, longest);
    }

    /// <summary>Entries as the indexer writes them, of 50,000 patients over six years; one of these has 200.</summary>
    private static async Task TimelineAsync(AuditHost host, int entries, ResultTable results)
    {
        long before = host.Services.GetRequiredService<TrailState>().Newest.Size;
        await host.Intake.AcceptAsync("pacs", [Records.View(Patient)], CancellationToken.None);
        await Eventually.HoldsAsync(() => host.Services.GetRequiredService<SearchState>().Size > before, "the patient is searchable",
            TimeSpan.FromMinutes(10));
        await using NpgsqlDataSource superuser = NpgsqlDataSource.Create(
            new NpgsqlConnectionStringBuilder(host.Superuser) { CommandTimeout = 0 });
        // The indexes are made when the rows are there: a table of years is filled in minutes then.
        await ExecuteAsync(superuser,
            """
            do $$ declare one record; begin
                for one in select indexrelid::regclass name from pg_index where indrelid = 'trail.entry'::regclass and not indisprimary loop
                    execute 'drop index ' || one.name;
                end loop;
            end $$
            """);
        await using (NpgsqlCommand fill = superuser.CreateCommand(
            $"""
            insert into trail.entry ({IndexedColumns.Names})
            select 1000000000 + i, timestamptz '2020-12-01' + (i::double precision / {entries}) * interval '6 years', now(), 'policy-decision', 'decision', 'view', 'success',
                'u-' || (i * 7919) % 500, case when i % greatest(1, {entries} / 200) = 0 then (select token from trail.subject where lookup = $1) else 't-' || (i * 104729) % 50000 end,
                '1.2.840.113619.2.55.3.' || (i * 31) % 100000, null, null, 's-' || i / 40, '10.1.2.' || i % 250, 'ws-' || i % 400, null, null, null
            from generate_series(1::bigint, {entries}) i
            """))
        {
            fill.Parameters.Add(new NpgsqlParameter<byte[]> { TypedValue = host.Services.GetRequiredService<SubjectLookup>()
                .Of(Subject.Patient(Patient)) });
            await fill.ExecuteNonQueryAsync();
        }

        await ExecuteAsync(superuser, await File.ReadAllTextAsync(WorkingCopy.PathOf("services", "Audit", "Trail", "trail.sql")));
        await ExecuteAsync(superuser, "vacuum analyze trail.entry");
        var times = new List<double>();
        for (int i = 0; i < 50; i++)
        {
            long start = Stopwatch.GetTimestamp();
            using HttpResponseMessage response = await host.SendAsync(HttpMethod.Get, $"/patients/{Patient}/timeline?limit=100");
            string page = await response.EnsureSuccessStatusCode().Content.ReadAsStringAsync();
            times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            if (page.Length < 10_000)
            {
                throw new InvalidOperationException($"The timeline is too short to be what was asked for: {page}");
            }
        }

        string among = entries.ToString("N0", CultureInfo.InvariantCulture);
        results.Add($"a patient's timeline over HTTP among {among} entries: the first ever", "ms", null, times[0]);
        results.Add($"a patient's timeline over HTTP among {among} entries: median", "ms", 200, Percentiles.Of(times, 0.5));
        results.Add($"a patient's timeline over HTTP among {among} entries: slowest of 49", "ms", 200, times.Skip(1).Max());
    }
    private static async Task ExecuteAsync(NpgsqlDataSource superuser, string sql)
    {
        await using NpgsqlCommand command = superuser.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }
}
