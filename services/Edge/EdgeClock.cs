using Microsoft.Extensions.Options;

namespace AccessGov.Edge;

/// <summary>
/// The edge's clock, and whether it can be believed. One that is behind what the journal has seen was set back, and would make good again
/// what has run out; unless AccessGov's clock says the same time. Thread-safe.
/// </summary>
internal sealed class EdgeClock(TimeProvider clock, IOptions<EdgeOptions> options)
{
    private static readonly TimeSpan ConfirmedFor = TimeSpan.FromMinutes(5);
    private readonly Lock gate = new();
    private (TimeSpan Ahead, long At)? compared;

    public DateTimeOffset Now => clock.GetUtcNow();

    /// <summary>How far it is ahead of AccessGov's, as last heard by this process; null when it has not been.</summary>
    public TimeSpan? Ahead
    {
        get
        {
            lock (gate)
            {
                return compared?.Ahead;
            }
        }
    }

    /// <summary>AccessGov said what time it is.</summary>
    public void Compare(DateTimeOffset theirs)
    {
        lock (gate)
        {
            compared = (Now - theirs, clock.GetTimestamp());
        }
    }

    /// <param name="latest">The latest time in the journal.</param>
    /// <param name="now">What it says now.</param>
    public bool IsReliable(DateTimeOffset latest, DateTimeOffset now)
    {
        if (now + options.Value.Skew >= latest)
        {
            return true;
        }

        lock (gate)
        {
            return compared is { } heard && clock.GetElapsedTime(heard.At) < ConfirmedFor && heard.Ahead.Duration() <= options.Value.Skew;
        }
    }
}
