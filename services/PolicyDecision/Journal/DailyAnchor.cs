using AccessGov.EventSourcing;
using Npgsql;
using NpgsqlTypes;

namespace AccessGov.PolicyDecision.Journal;

/// <summary>Signs, once a day, where every chain stood at the day's end: whoever cuts or rewrites a chain cannot sign it again.</summary>
internal sealed class DailyAnchor(
    JournalDatabase database, AnchorKey key, JournalState state, TimeProvider time, ILogger<DailyAnchor> log) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    private readonly FailureLog failures = new(time, log);
    private DateOnly? anchored;

    /// <summary>Anchors the chains that grew until the end of the last whole day (UTC) and are not anchored that far.</summary>
    public async Task<int> AnchorAsync(CancellationToken cancellation)
    {
        DateOnly day = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime).AddDays(-1);
        var heads = new List<Anchor>();
        await using NpgsqlCommand select = database.Source.CreateCommand(
            """
            select w.writer, b.sequence, b.hash from decision_writer w
            cross join lateral (select max(sequence) as sequence from decision_anchor a where a.writer = w.writer) a
            cross join lateral (
                select sequence, hash from decision_batch b
                where b.writer = w.writer and b.sequence > coalesce(a.sequence, 0) and b.last_at < $1 order by sequence desc limit 1) b
            where w.closed_sequence is null or w.closed_sequence > coalesce(a.sequence, 0)
            """);
        select.Parameters.Add(new NpgsqlParameter<DateTime>
        {
            TypedValue = day.AddDays(1).ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc),
            NpgsqlDbType = NpgsqlDbType.TimestampTz,
        });
        await using (NpgsqlDataReader reader = await select.ExecuteReaderAsync(cancellation))
        {
            while (await reader.ReadAsync(cancellation))
            {
                heads.Add(key.Sign(day, reader.GetString(0), reader.GetInt64(1), reader.GetFieldValue<byte[]>(2)));
            }
        }

        foreach (Anchor head in heads)
        {
            await StoreAsync(head, cancellation);
        }

        anchored = day;
        return heads.Count;
    }

    public override void Dispose()
    {
        failures.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (key.Signs && !stoppingToken.IsCancellationRequested)
        {
            try
            {
                if (database.Ready && anchored != DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime).AddDays(-1))
                {
                    int count = await AnchorAsync(stoppingToken);
                    log.LogInformation("{Count} chains were anchored for {Day}.", count, anchored);
                }

                state.AnchorFailure = null;
                failures.Over();
            }
            catch (Exception) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                state.AnchorFailure = e.Message;
                failures.Outage("Chains cannot be anchored now", e.Message);
            }

            await Task.Delay(Interval, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task StoreAsync(Anchor anchor, CancellationToken cancellation)
    {
        await using NpgsqlCommand insert = database.Source.CreateCommand(
            """
            insert into decision_anchor (day, writer, sequence, hash, signed_at, key_id, signature)
            values ($1, $2, $3, $4, $5, $6, $7) on conflict (day, writer) do nothing
            """);
        insert.Parameters.Add(new NpgsqlParameter<DateOnly> { TypedValue = anchor.Day });
        insert.Parameters.Add(new NpgsqlParameter<string> { TypedValue = anchor.Writer });
        insert.Parameters.Add(new NpgsqlParameter<long> { TypedValue = anchor.Sequence });
        insert.Parameters.Add(new NpgsqlParameter<byte[]> { TypedValue = anchor.Hash });
        insert.Parameters.Add(new NpgsqlParameter<DateTime> { TypedValue = time.GetUtcNow().UtcDateTime, NpgsqlDbType = NpgsqlDbType.TimestampTz });
        insert.Parameters.Add(new NpgsqlParameter<string> { TypedValue = anchor.KeyId });
        insert.Parameters.Add(new NpgsqlParameter<byte[]> { TypedValue = anchor.Signature });
        await insert.ExecuteNonQueryAsync(cancellation);
    }
}
