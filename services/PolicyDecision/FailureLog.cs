namespace AccessGov.PolicyDecision;

/// <summary>
/// Tells of failures that come by the thousand: the first of a kind at once, then how many more at most once in a <see cref="Interval"/>, and when an
/// interval passed without one. Thread-safe; where nothing fails it does nothing.
/// </summary>
/// <param name="clock">Tells when an interval is over.</param>
/// <param name="log">Where it is told.</param>
internal sealed class FailureLog(TimeProvider clock, ILogger log) : IDisposable
{
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(30);

    private readonly Lock gate = new();
    private readonly Dictionary<string, Series> running = new(StringComparer.Ordinal);
    private bool disposed;

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

            series = new Series(clock.GetTimestamp());
            running.Add(kind, series);
            series.Timer = clock.CreateTimer(_ => Tell(kind, series), null, Interval, Interval);
        }

        log.LogWarning(failure, "{Kind}: {Detail}. More of this are counted.", kind, detail);
    }

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

    /// <summary>Failures of a kind without a pause of an interval.</summary>
    private sealed class Series(long began)
    {
        public long Began { get; } = began;

        public ITimer? Timer { get; set; }

        public long Since { get; set; }

        public long Total { get; set; } = 1;
    }
}
