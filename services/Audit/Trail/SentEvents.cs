using Microsoft.Extensions.Options;
using Npgsql;

namespace AccessGov.Audit.Trail;

/// <summary>
/// What sources that may send again have sent, as fingerprints: those that are too old to be compared with are forgotten, or the table
/// would grow for ever. Thread-safe, also between processes.
/// </summary>
internal sealed class SentEvents(TrailDatabase database, IOptions<AuditOptions> options, TimeProvider clock)
{
    /// <summary>So many are forgotten at a time: whoever gives events their places waits for no more.</summary>
    public const int Portion = 5_000;

    /// <summary>Forgets all that came longer than <see cref="AuditOptions.RepeatedWithin"/> ago.</summary>
    /// <returns>How many.</returns>
    /// <exception cref="ClockDiffersException">By a clock that is wrong nothing is forgotten.</exception>
    public async Task<long> ForgetAsync(CancellationToken cancellation)
    {
        await using NpgsqlConnection connection = await database.Seal.OpenConnectionAsync(cancellation);
        await DatabaseClock.CheckAsync(connection, clock, options.Value.ClockDifferenceMax, cancellation);
        DateTimeOffset before = clock.GetUtcNow() - options.Value.RepeatedWithin;
        long all = 0;
        for (int forgotten = Portion; forgotten == Portion; all += forgotten)
        {
            await using var forget = new NpgsqlCommand(
                "delete from trail.sent where hash in (select hash from trail.sent where received_at < $1 order by received_at limit $2)",
                connection)
            {
                Parameters = { new() { Value = before }, new() { Value = Portion } },
            };
            forgotten = await forget.ExecuteNonQueryAsync(cancellation);
        }

        return all;
    }
}
