using System.Data;
using Microsoft.Extensions.Logging;
using Npgsql;
using NpgsqlTypes;

namespace AccessGov.EventSourcing.Feed;

/// <summary>
/// Gives committed events their positions. One process of a schema leads, by a lock of its session; each leader has a fencing number, and the numbering
/// statement refuses every number but the latest, so a leader that lost its lock without noticing cannot number beside the new one.
/// </summary>
internal sealed class Sequencer(NpgsqlDataSource dataSource, EventStoreOptions options, FeedState state, TimeProvider time, FailureLog failures, ILogger logger)
{
    private static readonly TimeSpan StandbyInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(1);
    private readonly string schema = options.Schema;
    private readonly string stopped = $"Numbering of schema {options.Schema} has stopped, no subscription goes on";
    private readonly string interrupted = $"Numbering of schema {options.Schema} was interrupted and is tried again every second";

    public async Task RunAsync(CancellationToken cancellation)
    {
        while (!cancellation.IsCancellationRequested)
        {
            try
            {
                await using NpgsqlConnection connection = await dataSource.OpenConnectionAsync(cancellation);
                await StandByAsync(connection, cancellation);
                await LeadAsync(connection, cancellation);
            }
            catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
            {
                return;
            }
            catch (PostgresException e) when (e.SqlState is "AG001")
            {
                logger.LogWarning("Another process has taken over the numbering of schema {Schema}", schema);
            }
            catch (PostgresException e) when (e.SqlState is "AG002")
            {
                state.Stopped = e.MessageText;
                failures.Outage(stopped, e.MessageText, level: LogLevel.Critical);
            }
            catch (Exception e) when (!cancellation.IsCancellationRequested)
            {
                failures.Outage(interrupted, e.Message, e);
            }
            finally
            {
                state.Leads = false;
            }

            await Task.Delay(RetryInterval, time, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task StandByAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var take = new NpgsqlCommand($"select pg_try_advisory_lock(hashtextextended('event_store_sequencer.{schema}', 0))", connection);
        // A leader that vanishes without closing its connection must lose its lock in seconds, not hours.
        await using (var alive = new NpgsqlCommand(
            "set tcp_keepalives_idle = 5; set tcp_keepalives_interval = 2; set tcp_keepalives_count = 3; set tcp_user_timeout = '15s'", connection))
        {
            await alive.ExecuteNonQueryAsync(cancellation);
        }

        await using var wake = new NpgsqlCommand($"select pg_notify('{schema}_appended', '')", connection);
        long asked = 0;
        while (true)
        {
            if (asked == 0 || time.GetElapsedTime(asked) >= StandbyInterval)
            {
                asked = time.GetTimestamp();
                if (await take.ExecuteScalarAsync(cancellation) is true)
                {
                    return;
                }
            }

            // The leader is elsewhere and does not see our commits: one notification for all commits since the last one.
            Task committed = state.CommittedHere.Next;
            await Signal.WaitAsync(committed, StandbyInterval, time, cancellation);
            cancellation.ThrowIfCancellationRequested();
            if (committed.IsCompleted)
            {
                await wake.ExecuteNonQueryAsync(cancellation);
                await Task.Delay(options.NumberingPause, time, cancellation);
            }
        }
    }

    private async Task LeadAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var promote = new NpgsqlCommand($"update {schema}.event_store_sequencer set fence = fence + 1 returning fence", connection);
        long fence = (long)(await promote.ExecuteScalarAsync(cancellation)
            ?? throw new InvalidOperationException($"Schema {schema} has no sequencer row: create the schema anew."));
        await using var number = new NpgsqlCommand($"select * from {schema}.event_store_number($1, $2)", connection) { CommandTimeout = 600 };
        number.Parameters.Add(new NpgsqlParameter { Value = fence, NpgsqlDbType = NpgsqlDbType.Bigint });
        var since = new NpgsqlParameter { Value = 0UL, NpgsqlDbType = NpgsqlDbType.Xid8 };
        number.Parameters.Add(since);
        await number.PrepareAsync(cancellation);
        logger.LogInformation("This process numbers the events of schema {Schema} (fence {Fence})", schema, fence);
        state.Leads = true;
        while (true)
        {
            Task appended = state.Appended.Next;
            (long numbered, long head, ulong horizon) = await NumberAsync(number, cancellation);
            since.Value = horizon;
            state.Stopped = null;
            failures.Over(stopped);
            failures.Over(interrupted);
            state.Advance(head);
            EventStoreTelemetry.EventsNumbered.Add(numbered, new KeyValuePair<string, object?>("schema", schema));
            if (numbered == 0)
            {
                await Signal.WaitAsync(appended, options.PollInterval, time, cancellation);
            }

            await Task.Delay(options.NumberingPause, time, cancellation);
        }
    }

    private static async Task<(long Numbered, long Head, ulong Horizon)> NumberAsync(NpgsqlCommand number, CancellationToken cancellation)
    {
        (long, long, ulong) result;
        await using NpgsqlDataReader reader = await number.ExecuteReaderAsync(CommandBehavior.SingleRow, cancellation);
        await reader.ReadAsync(cancellation);
        result = (reader.GetInt64(0), reader.GetInt64(1), reader.GetFieldValue<ulong>(2));
        // Rows may arrive before the commit; only the end of the whole answer says that it is done.
        while (await reader.NextResultAsync(cancellation))
        {
        }

        return result;
    }
}
