using System.Collections.Concurrent;
using System.Diagnostics;
using AccessGov.EventSourcing;
using AccessGov.Testing;

namespace AccessGov.Benchmarks.EventStore;

/// <summary>How long after its append was acknowledged an event reaches a follower. One that arrives even before counts as 0.</summary>
internal sealed class ConsumerLatency
{
    private readonly ConcurrentDictionary<long, long> committed = new();
    private readonly ConcurrentDictionary<long, long> seen = new();
    private readonly CancellationTokenSource stop = new();

    public void Committed(long sequence) => committed[sequence] = Stopwatch.GetTimestamp();

    public async Task FollowAsync(PostgresEventStore store, long after)
    {
        try
        {
            await foreach (IReadOnlyList<StoredEvent> batch in store.FollowAsync(after, stop.Token))
            {
                long now = Stopwatch.GetTimestamp();
                foreach (StoredEvent stored in batch)
                {
                    seen[stored.Sequence] = now;
                }
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
        }
    }

    /// <summary>The latencies in milliseconds, once everything committed has been seen.</summary>
    public async Task<double[]> StopAsync(Task following)
    {
        await Eventually.HoldsAsync(() => committed.Keys.All(seen.ContainsKey), "the follower sees every commit", TimeSpan.FromSeconds(30));
        await stop.CancelAsync();
        await following;
        stop.Dispose();
        return [.. committed.Select(pair => Math.Max(0, Stopwatch.GetElapsedTime(pair.Value, seen[pair.Key]).TotalMilliseconds))];
    }
}
