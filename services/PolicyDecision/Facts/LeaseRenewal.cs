using AccessGov.EventSourcing;
using AccessGov.PolicyDecision.Studies;

namespace AccessGov.PolicyDecision.Facts;

/// <summary>
/// Renews the lease of the facts: following the event store tells nothing while nothing happens, this asks, so that silence and absence are
/// told apart. It asks for changed studies, too, and tells the other replicas promptly how far both have come.
/// </summary>
internal sealed class LeaseRenewal(
    IEventStore store, FactsFollower facts, StudyChanges studies, FactsLease lease, ReplicaLeases leases, TimeProvider clock,
    ILogger<LeaseRenewal> logger) : BackgroundService
{
    private const int RenewalsPerLease = 4;
    private static readonly TimeSpan IntervalMax = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    private readonly TimeSpan interval =
        lease.Duration == TimeSpan.Zero || lease.Duration > RenewalsPerLease * IntervalMax
            ? IntervalMax
            : lease.Duration / RenewalsPerLease;

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        try
        {
            await leases.EndAsync(cancellationToken);
        }
        catch (Exception e) when (e is Npgsql.NpgsqlException or OperationCanceledException)
        {
            logger.LogDebug(e, "The lease ends by itself, because the database cannot be told");
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await store.Started.WaitAsync(stoppingToken);
        while (!stoppingToken.IsCancellationRequested)
        {
            long position = facts.Current.Position;
            bool studiesChanged = false;
            try
            {
                studiesChanged = await RenewAsync(position, stoppingToken);
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                facts.CannotBeReached();
                logger.LogDebug(e, "The lease of the facts cannot be renewed");
            }

            await Task.Delay(Pause, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (!studiesChanged)
            {
                // Otherwise whoever changed them waits to be told that this replica knows.
                await NewsOrIntervalAsync(position, stoppingToken);
            }
        }
    }

    /// <summary>Whether studies were changed since the last time.</summary>
    private async Task<bool> RenewAsync(long position, CancellationToken cancellation)
    {
        long askedAt = clock.GetTimestamp();
        await leases.RenewAsync(position, studies.Seen, cancellation);
        bool studiesChanged = await studies.CatchUpAsync(cancellation);
        long head = await store.HeadAsync(cancellation);
        facts.Head = head;

        // The head may be an event that readers skip (a tombstone): then nothing is missing either.
        bool complete = head <= position || (await store.ReadAllAsync(position, 1, cancellation)).Count == 0;
        lease.Renew(askedAt, complete ? position : head, facts.Current.Position);
        return studiesChanged;
    }

    private async Task NewsOrIntervalAsync(long position, CancellationToken cancellation)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        Task news = facts.AtLeastAsync(position + 1, over.Token).AsTask();
        await Task.WhenAny(news, Task.Delay(interval, clock, over.Token));
        await over.CancelAsync();
        await news.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}
