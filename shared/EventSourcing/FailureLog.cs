using Microsoft.Extensions.Logging;

namespace AccessGov.EventSourcing;

/// <summary>
/// Tells the log of failures without repeating itself. An outage, which a loop meets at every attempt, is told when it begins, once for each reason, and when it is
/// over. Failures that come by the thousand, and whose end nobody can tell, are told at once, then how many more at most once in an
/// <see cref="Interval"/>, and when an interval passed without one. Thread-safe; where nothing fails it does nothing.
/// </summary>
/// <param name="clock">Tells when an interval is over.</param>
/// <param name="log">Where it is told.</param>
public sealed class FailureLog(TimeProvider clock, ILogger log) : IDisposable
{
    /// <summary>How often counted failures are told.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(30);

    // Reasons may hold numbers that change; an outage is not told more often than this.
    private const int ReasonsMax = 8;

    private readonly Lock gate = new();
    private readonly Dictionary<string, Series> running = new(StringComparer.Ordinal);
    private int outages;
    private bool disposed;

    /// <summary>Says that something could not be done and is tried again, until <see cref="Over"/>. Told when it is the first time or the reason is new.</summary>
    /// <param name="kind">What cannot be done: the same text at every attempt.</param>
    /// <param name="reason">Why.</param>
    /// <param name="failure">The exception, where its trace helps.</param>
    /// <param name="level">How bad it is.</param>
    public void Outage(string kind, string reason, Exception? failure = null, LogLevel level = LogLevel.Warning)
    {
        lock (gate)
        {
            if (disposed)
            {
                return;
            }

            if (!running.TryGetValue(kind, out Series? series))
            {
                series = new Series(clock.GetTimestamp());
                running.Add(kind, series);
                outages++;
            }

            series.Total++;
            if (series.Reasons.Count >= ReasonsMax || !series.Reasons.Add(reason))
            {
                return;
            }
        }

        log.Log(level, failure, "{Kind}: {Reason}", kind, reason);
    }

    /// <summary>Says that it works again: where there was an outage, its end is told. Costs nothing where there was none.</summary>
    /// <param name="kind">What works again; null for all.</param>
    public void Over(string? kind = null)
    {
        if (Volatile.Read(ref outages) == 0)
        {
            return;
        }

        KeyValuePair<string, Series>[] ended;
        lock (gate)
        {
            ended = [.. running.Where(pair => pair.Value.Timer is null && (kind is null || pair.Key == kind))];
            foreach ((string name, _) in ended)
            {
                running.Remove(name);
                outages--;
            }
        }

        foreach ((string name, Series series) in ended)
        {
            log.LogInformation("{Kind}: it works again, after {Seconds:F0} seconds and {Count} failures", name, clock.GetElapsedTime(series.Began).TotalSeconds, series.Total);
        }
    }

    /// <summary>Counts a failure; tells of it when it is the first of its kind.</summary>
    /// <param name="kind">What failed: one of few texts, the same for all that are counted together.</param>
    /// <param name="detail">What is particular to this one; only the first one's is told.</param>
    /// <param name="failure">The exception, where there is one; only the first one's is told.</param>
    public void Failed(string kind, string detail, Exception? failure = null)
    {
        lock (gate)
        {
            if (disposed)
            {
                return;
            }

            if (running.TryGetValue(kind, out Series? series))
            {
                series.Since++;
                return;
            }

            series = new Series(clock.GetTimestamp()) { Total = 1 };
            running.Add(kind, series);
            series.Timer = clock.CreateTimer(_ => Tell(kind, series), null, Interval, Interval);
        }

        log.LogWarning(failure, "{Kind}: {Detail}. More of this are counted.", kind, detail);
    }

    /// <summary>Nothing is told from now on.</summary>
    public void Dispose()
    {
        lock (gate)
        {
            disposed = true;
            foreach (Series series in running.Values)
            {
                series.Timer?.Dispose();
            }

            running.Clear();
            outages = 0;
        }
    }

    private void Tell(string kind, Series series)
    {
        long since;
        lock (gate)
        {
            if (disposed)
            {
                return;
            }

            since = series.Since;
            series.Since = 0;
            series.Total += since;
            if (since == 0)
            {
                series.Timer?.Dispose();
                running.Remove(kind);
            }
        }

        if (since > 0)
        {
            log.LogWarning("{Kind}: {Count} more within {Seconds} seconds.", kind, since, Interval.TotalSeconds);
        }
        else
        {
            log.LogInformation("{Kind}: none for {Seconds} seconds; {Count} in all, the first {Ago:F0} seconds ago.",
                kind, Interval.TotalSeconds, series.Total, clock.GetElapsedTime(series.Began).TotalSeconds);
        }
    }

    /// <summary>Failures of a kind: an outage, or counted ones without a pause of an interval, which have a timer.</summary>
    private sealed class Series(long began)
    {
        public long Began { get; } = began;

        public HashSet<string> Reasons { get; } = new(StringComparer.Ordinal);

        public ITimer? Timer { get; set; }

        public long Since { get; set; }

        public long Total { get; set; }
    }
}
