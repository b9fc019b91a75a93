using System.Diagnostics;
using System.Text;
using System.Text.Json;

namespace AccessGov.Benchmarks.Audit;

/// <summary>
/// How many events of plain JSON the audit service takes in and makes durable in a second, end to end: HTTP, token, parsing, encryption,
/// commit; while the sequencer gives them their places beside it.
/// </summary>
internal static class AuditIngestBenchmark
{
    private const int EventsPerRequest = 500;
    private const int Senders = 8;
    private const double Target = 20_000;

    public static async Task<int> RunAsync(int events)
    {
        await using AuditUnderLoad service = await AuditUnderLoad.StartAsync();
        int requests = events / EventsPerRequest;
        byte[][] bodies = [.. Enumerable.Range(0, requests + Senders).Select(Body)];
        await SendAsync(service, bodies[requests..], []);
        double[] milliseconds = new double[requests];
        TimeSpan worked = Environment.CpuUsage.TotalTime;
        long start = Stopwatch.GetTimestamp();
        await SendAsync(service, bodies[..requests], milliseconds);
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        worked = Environment.CpuUsage.TotalTime - worked;
        long placed = await service.PlacedAsync();

        var results = new ResultTable();
        results.Add($"events taken in and durable, over HTTP, {EventsPerRequest} a request", "events/s", Target,
            requests * EventsPerRequest / seconds, atLeast: true);
        results.Add("  a request, median", "ms", null, Percentiles.Of(milliseconds, 0.5));
        results.Add("  a request, p99", "ms", null, Percentiles.Of(milliseconds, 0.99));
        results.Add("  processor time of service and sender for 1,000 events", "ms", null,
            worked.TotalMilliseconds / (requests * EventsPerRequest / 1_000.0));
        results.Add("  events that got their places in the trail meanwhile", "events/s", null, placed / seconds);
        return results.Print();
    }

    private static async Task SendAsync(AuditUnderLoad service, byte[][] bodies, double[] milliseconds)
    {
        int next = -1;
        await Task.WhenAll(Enumerable.Range(0, Senders).Select(async _ =>
        {
            for (int i = Interlocked.Increment(ref next); i < bodies.Length; i = Interlocked.Increment(ref next))
            {
                long start = Stopwatch.GetTimestamp();
                await service.SendAsync(bodies[i]);
                if (milliseconds.Length > 0)
                {
                    milliseconds[i] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
                }
            }
        }));
    }

    /// <summary>What a PACS sends: somebody opened studies of patients.</summary>
    private static byte[] Body(int request) => Encoding.UTF8.GetBytes(string.Join('\n', Enumerable.Range(0, EventsPerRequest).Select(i =>
        JsonSerializer.Serialize(new
        {
            event_id = $"{request}-{i}", occurred_at = "2026-11-27T18:40:00.123456+01:00", kind = "study.opened",
            actor = $"person-{i % 97}", action = "view",
            outcome = "success", study = $"1.2.826.0.1.3680043.10.{request}.{i}",
            patient = $"P{((request * EventsPerRequest) + i) % 20_000}",
            address = $"10.0.{i % 200}.7", workstation = $"ws-{i % 200}", session = $"s-{i % 97}", reason = "TREAT",
        }))));
}
