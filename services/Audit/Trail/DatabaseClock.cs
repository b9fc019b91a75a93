using System.Globalization;
using Npgsql;

namespace AccessGov.Audit.Trail;

/// <summary>
/// Compares this machine's clock with the database's. Times in the trail never go back: a clock that is far ahead would mark all that comes
/// after it, so nothing gets its place by one that differs.
/// </summary>
internal static class DatabaseClock
{
    /// <summary>The database's time.</summary>
    /// <exception cref="ClockDiffersException">The two clocks are further apart than they may be.</exception>
    public static async Task<DateTimeOffset> CheckAsync(
        NpgsqlConnection connection, TimeProvider clock, TimeSpan differenceMax, CancellationToken cancellation)
    {
        await using var ask = new NpgsqlCommand("select clock_timestamp()", connection);
        DateTimeOffset before = clock.GetUtcNow();
        var there = new DateTimeOffset((DateTime)(await ask.ExecuteScalarAsync(cancellation))!);
        TimeSpan difference = Difference(before, there, clock.GetUtcNow());
        return difference.Duration() <= differenceMax ? there : throw new ClockDiffersException(difference);
    }

    /// <summary>How far the clock is ahead of the database, whose time was asked for between two looks at it; the wait counts for
    /// nothing.</summary>
    public static TimeSpan Difference(DateTimeOffset before, DateTimeOffset there, DateTimeOffset after) =>
        there < before ? before - there : there > after ? after - there : TimeSpan.Zero;
}

/// <summary>The clock of this machine, or the database's, is wrong.</summary>
internal sealed class ClockDiffersException(TimeSpan ahead) : Exception(string.Create(
    CultureInfo.InvariantCulture, $"This machine's clock and the database's are {ahead.Duration().TotalSeconds:0.0} seconds apart."))
{
    /// <summary>How far this machine's is ahead.</summary>
    public TimeSpan Ahead => ahead;
}
