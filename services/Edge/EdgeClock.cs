using System.Globalization;
using System.Text;
using Microsoft.Extensions.Options;

namespace AccessGov.Edge;

/// <summary>
/// The edge's clock, and whether it can be believed. Since AccessGov was heard, it is its time and what has passed since, which nobody
/// sets; before that, what the journal has seen and when AccessGov was heard last: one that is behind that was set back, and would make
/// good again what has run out. Thread-safe.
/// </summary>
internal sealed class EdgeClock
{
    private static readonly TimeSpan KeptEvery = TimeSpan.FromMinutes(1);
    private readonly Lock gate = new();
    private readonly TimeProvider clock;
    private readonly TimeSpan skew;
    private readonly KeptFile file;
    private DateTimeOffset kept;
    private (TimeSpan Ahead, DateTimeOffset Theirs, long At)? compared;

    public EdgeClock(TimeProvider clock, IOptions<EdgeOptions> options, ILogger<EdgeClock> log)
    {
        (this.clock, skew) = (clock, options.Value.Skew);
        OwnFiles.MakeDirectory(options.Value.Directory);
        file = new KeptFile(Path.Combine(options.Value.Directory, "heard-at"), log);
        kept = file.Read<object>(content => DateTimeOffset.ParseExact(
            Encoding.ASCII.GetString(content), "O", CultureInfo.InvariantCulture, DateTimeStyles.None)) is DateTimeOffset known
            ? known : DateTimeOffset.MinValue;
    }

    public DateTimeOffset Now => clock.GetUtcNow();

    /// <summary>How far it was ahead of AccessGov's when this process heard it last; null when it has not.</summary>
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
    /// <param name="theirs">What it said.</param>
    /// <param name="asked">What this clock said when it was asked.</param>
    /// <param name="askedAt">The timestamp of then.</param>
    public void Compare(DateTimeOffset theirs, DateTimeOffset asked, long askedAt)
    {
        (DateTimeOffset answered, TimeSpan took) = (Now, clock.GetElapsedTime(askedAt));
        if ((answered - asked - took).Duration() > TimeSpan.FromSeconds(1) || took > skew)
        {
            // It was set in the meantime, or the answer is an old one: the next says more.
            return;
        }

        lock (gate)
        {
            TimeSpan ahead = theirs < asked ? asked - theirs : theirs > answered ? answered - theirs : TimeSpan.Zero;
            compared = (ahead, theirs, clock.GetTimestamp());
            if ((theirs - kept).Duration() >= KeptEvery)
            {
                // What was heard last and not what is latest: a BreakGlass whose own clock was wrong once says so no longer.
                kept = theirs;
                file.Keep(Encoding.ASCII.GetBytes(theirs.ToString("O", CultureInfo.InvariantCulture)));
            }
        }
    }

    /// <param name="latest">The latest time in the journal.</param>
    /// <param name="now">What it says now.</param>
    public bool IsReliable(DateTimeOffset latest, DateTimeOffset now)
    {
        lock (gate)
        {
            if (compared is not { } heard)
            {
                return now + skew >= latest && now + skew >= kept;
            }

            TimeSpan off = Off(heard, now);
            return off >= -skew && (off <= skew || (heard.Ahead <= skew && now + skew >= latest));
        }
    }

    /// <summary>Whether it says what AccessGov's does.</summary>
    public bool IsConfirmed(DateTimeOffset now)
    {
        lock (gate)
        {
            return compared is { } heard && Off(heard, now).Duration() <= skew;
        }
    }

    /// <summary>How far it is ahead of what AccessGov's must say by now.</summary>
    private TimeSpan Off((TimeSpan Ahead, DateTimeOffset Theirs, long At) heard, DateTimeOffset now) =>
        now - heard.Theirs - clock.GetElapsedTime(heard.At);
}
