using AccessGov.Audit.Ingest;
using AccessGov.Audit.Trail;
using AccessGov.EventSourcing;
using Microsoft.Extensions.Options;
using Npgsql;

namespace AccessGov.Audit.Incoming;

/// <summary>
/// Notices stores that have stopped telling: each is recounted once a day, so one that says nothing for longer has lost its service, its
/// bus
/// or its recount. A security alert for each silence; FeedLedger says when it is over.
/// </summary>
internal sealed class FeedSilence(
    TrailDatabase database, FeedLedger ledger, Intake intake, IOptions<AuditOptions> options, TimeProvider clock, ILogger<FeedSilence> log)
    : BackgroundService
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMinutes(1);
    private readonly FailureLog failures = new(clock, log);

    /// <summary>Looks now.</summary>
    /// <returns>How many stores were found silent that were not before.</returns>
    public async Task<int> LookAsync(CancellationToken cancellation)
    {
        for (int found = 0; ; found++)
        {
            await using NpgsqlConnection connection = await database.Append.OpenConnectionAsync(cancellation);
            await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(cancellation);
            await ledger.ExpectAsync(options.Value.ExpectedFeeds, transaction, cancellation);
            if (await ledger.NextSilentAsync(clock.GetUtcNow() - options.Value.FeedSilentAfter, transaction, cancellation) is not { } feed)
            {
                await transaction.CommitAsync(cancellation);
                return found;
            }

            await ledger.NoteAsync(
                feed.Service, feed.Stream, new FeedFinding("silent", feed.Through), clock.GetUtcNow(), transaction, cancellation);
            await intake.AcceptAsync(feed.Service, [feed.Silent()], transaction, cancellation);
            await transaction.CommitAsync(cancellation);
        }
    }

    public override void Dispose()
    {
        failures.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await LookAsync(stoppingToken);
                failures.Over();
            }
            catch (Exception) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                failures.Outage("Whether services have stopped telling cannot be seen now", e.Message, e is NpgsqlException ? null : e);
            }

            await Task.Delay(LookEvery, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
