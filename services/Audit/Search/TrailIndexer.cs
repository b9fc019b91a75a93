using AccessGov.Audit.Trail;
using AccessGov.EventSourcing;
using Npgsql;
using NpgsqlTypes;

namespace AccessGov.Audit.Search;

/// <summary>
/// Copies the clear fields of published leaves into the table that is searched, in one transaction with its progress, so each once. Behind
/// the trail and never in its way; what it makes can be made again from the files.
/// </summary>
internal sealed class TrailIndexer(TrailDatabase database, TrailReader trail, TrailState state, SearchState search, TimeProvider clock,
    ILogger<TrailIndexer> log) : BackgroundService
{
    private const int LeavesMax = 8192;
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(2);
    private readonly FailureLog failures = new(clock, log);

    public override void Dispose()
    {
        failures.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            Task more = state.Moved;
            TimeSpan wait = Poll;
            try
            {
                long published = trail.Size;
                search.Searchable(await StepAsync(published, stoppingToken), published);
                wait = search.Lag > 0 ? TimeSpan.Zero : Poll;
                failures.Over();
            }
            catch (Exception) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                search.Failed(e.Message);
                failures.Outage("The trail cannot be made searchable now", e.Message, e is NpgsqlException or IOException ? null : e);
                wait = Retry;
                more = Task.CompletedTask;
            }

            if (wait == Poll)
            {
                await Task.WhenAny(more, Task.Delay(Poll, clock, stoppingToken)).ConfigureAwait(false);
            }
            else if (wait > TimeSpan.Zero)
            {
                await Task.Delay(wait, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    /// <summary>Goes on from where this or another process was; answers how many leaves are searchable.</summary>
    private async Task<long> StepAsync(long published, CancellationToken cancellation)
    {
        await using NpgsqlConnection connection = await database.Seal.OpenConnectionAsync(cancellation);
        await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(cancellation);
        await using var take = new NpgsqlCommand(
            "insert into trail.progress (name, size) values ('search', 0) on conflict (name) do update "
            + "set size = trail.progress.size returning size", connection, transaction);

        // What was pruned is in no file any more; a search that is made anew begins after it.
        long from = Math.Max((long)(await take.ExecuteScalarAsync(cancellation))!, trail.Minimum);
        long next = from;
        if (next < published)
        {
            await using NpgsqlBinaryImporter copy = await connection.BeginBinaryImportAsync(
                $"copy trail.entry ({IndexedColumns.Names}) from stdin (format binary)", cancellation);
            while (next < published && next - from < LeavesMax)
            {
                foreach (ReadOnlyMemory<byte> leaf in trail.Read(next, published))
                {
                    await IndexedColumns.WriteAsync(copy, TrailEntry.Parse(leaf), cancellation);
                    next++;
                }
            }

            await copy.CompleteAsync(cancellation);
        }

        if (next > from)
        {
            await using var advance = new NpgsqlCommand(
                "update trail.progress set size = $1 where name = 'search'", connection, transaction)
            {
                Parameters = { new NpgsqlParameter<long> { TypedValue = next, NpgsqlDbType = NpgsqlDbType.Bigint } },
            };
            await advance.ExecuteNonQueryAsync(cancellation);
            await transaction.CommitAsync(cancellation);
        }

        return next;
    }
}
