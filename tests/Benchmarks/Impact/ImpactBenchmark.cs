using System.Diagnostics;
using System.Text.Json;
using AccessGov.Benchmarks.Search;
using AccessGov.Testing;
using Npgsql;

namespace AccessGov.Benchmarks.Impact;

/// <summary>
/// The impact of a draft over recorded decisions: the shipped policies against a draft of them that forbids one person everything. Some thousand decisions are made
/// and recorded by the service; their batches are then repeated in the table, which is all that an assessment reads.
/// </summary>
internal static class ImpactBenchmark
{
    private const int Batches = 20;
    private const int DecisionsPerBatch = 500;
    private const int SecondsPerMillion = 60;

    private static readonly string[] Actions = ["study.view", "study.download", "study.annotate", "study.delete"];

    public static async Task<int> RunAsync(int decisions)
    {
        Console.WriteLine($"{Environment.ProcessorCount} processors, load average before: {(File.Exists("/proc/loadavg") ? File.ReadAllText("/proc/loadavg").Split(' ')[0] : "unknown")}");
        await using ServiceUnderLoad service = await ServiceUnderLoad.StartAsync();
        await SearchBenchmark.LoadAsync(service);
        await RecordAsync(service);
        int copies = Math.Max(1, decisions / (Batches * DecisionsPerBatch));
        await RepeatAsync(service.Database, copies);
        string draft = await DraftAsync(service);

        TimeSpan worked = Environment.CpuUsage.TotalTime;
        long started = Stopwatch.GetTimestamp();
        await service.SendAsync(HttpMethod.Post, $"/policy-drafts/{draft}/impact", new { from = "2020-01-01T00:00:00Z", to = "2100-01-01T00:00:00Z" });
        JsonElement answer;
        do
        {
            await Task.Delay(100);
            answer = await service.SendAsync(HttpMethod.Get, $"/policy-drafts/{draft}/impact", Array.Empty<byte>());
        }
        while (answer.GetProperty("state").GetString() == "running");

        double seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        double processor = (Environment.CpuUsage.TotalTime - worked).TotalSeconds;
        SearchBenchmark.Expect(answer.GetProperty("state").GetString() == "complete", "the assessment is complete");
        JsonElement report = answer.GetProperty("report");
        long judged = report.GetProperty("decisions").GetInt64();
        SearchBenchmark.Expect(judged == (long)Batches * DecisionsPerBatch * copies, "every decision is asked again");
        SearchBenchmark.Expect(report.GetProperty("notReproduced").GetInt64() == 0, "every decision is reproduced");
        SearchBenchmark.Expect(report.GetProperty("allowToDeny").GetInt64() > 0, "the draft closes something");

        var results = new ResultTable();
        results.Add($"impact over {judged:N0} recorded decisions", "s", SecondsPerMillion * judged / 1_000_000.0, seconds);
        results.Add("  processor time of the service", "s", null, processor);
        results.Add("  decisions in a second", "1/s", null, judged / seconds);
        return results.Print();
    }

    private static async Task RecordAsync(ServiceUnderLoad service)
    {
        for (int batch = 0; batch < Batches; batch++)
        {
            await service.SendAsync(HttpMethod.Post, "/access/v1/evaluations", new
            {
                context = new { sourceIp = "10.10.1.2", assuranceLevel = 2, purposeOfUse = "TREAT" },
                evaluations = Enumerable.Range(batch * DecisionsPerBatch, DecisionsPerBatch).Select(i => new
                {
                    subject = new { type = "User", id = i % 3 == 0 ? "radiologist" : $"person-{i * 7 % 2_000}" }, action = new { name = Actions[i % Actions.Length] },
                    resource = new { type = "Study", id = SearchBenchmark.Uid(i * 13 % 20_000) },
                }),
            });
        }
    }

    /// <summary>The copies are of a writer that is not registered, so the index leaves them alone.</summary>
    private static async Task RepeatAsync(string database, int copies)
    {
        await using var connection = new NpgsqlConnection(database);
        await connection.OpenAsync();
        await using var repeat = new NpgsqlCommand(
            $"""
            insert into policy_decision.decision_batch (writer, sequence, first_at, last_at, count, payload, prev_hash, hash)
            select writer || '/copy-' || n, sequence, first_at, last_at, count, payload, prev_hash, hash from policy_decision.decision_batch, generate_series(2, {copies}) as n
            where count >= {DecisionsPerBatch};
            analyze policy_decision.decision_batch;
            """, connection) { CommandTimeout = 3_600 };
        await repeat.ExecuteNonQueryAsync();
    }

    private static async Task<string> DraftAsync(ServiceUnderLoad service)
    {
        string folder = WorkingCopy.PathOf("deploy", "policies");
        JsonElement written = await service.SendAsync(HttpMethod.Post, "/policy-drafts", new
        {
            policySet = "hospital",
            files = SearchBenchmark.PolicyFiles(folder).Select(file => new { name = Path.GetFileName(file), text = File.ReadAllText(file) })
                .Append(new { name = "closed.cedar", text = "@id(\"closed\") forbid (principal == User::\"radiologist\", action, resource);" }),
            comment = "Closes everything to one person.",
        });
        return written.GetProperty("id").GetString()!;
    }
}
