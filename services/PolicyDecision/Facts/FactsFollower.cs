using AccessGov.EventSourcing;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace AccessGov.PolicyDecision.Facts;

/// <summary>
/// Keeps the facts by following the event store: reads everything once, then batch by batch. While the store is away the last snapshot stays, and health says
/// how old it is.
/// </summary>
internal sealed class FactsFollower(
    IEventStore store, IOptions<PolicyDecisionOptions> options, TimeProvider clock, ILogger<FactsFollower> logger)
    : BackgroundService, IFacts, IHealthCheck
{
    private const int PageSize = 10_000;
    private static readonly TimeSpan HeadInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan RetryDelayMax = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan DegradedAfter = TimeSpan.FromSeconds(5);

    private readonly FactsWaiters waiters = new();
    private readonly FailureLog failures = new(clock, logger);
    private FactsSnapshot current = FactsSnapshot.Empty;
    private FactsFold fold = new(options.Value.PolicySet);
    private volatile string? fault;
    private volatile string? policiesFault;
    private volatile bool ready;
    private long head;
    private long currentSince;

    public FactsSnapshot Current => Volatile.Read(ref current);

    public bool IsReady => ready;

    public ValueTask<FactsSnapshot> AtLeastAsync(long position, CancellationToken cancellation)
    {
        FactsSnapshot snapshot = Current;
        return snapshot.Position >= position ? new(snapshot) : new(waiters.WaitAsync(position, () => Current, cancellation));
    }

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        long position = Current.Position;
        double age = Math.Round(clock.GetElapsedTime(Volatile.Read(ref currentSince)).TotalSeconds, 1);
        var data = new Dictionary<string, object>(StringComparer.Ordinal)
        {
            ["position"] = position,
            ["head"] = Math.Max(position, Volatile.Read(ref head)),
            ["lag"] = Math.Max(0, Volatile.Read(ref head) - position),
            ["age_seconds"] = ready ? age : -1,
            ["policy_set_version"] = Current.Policies?.Version ?? 0,
        };
        return Task.FromResult(
            !ready ? HealthCheckResult.Unhealthy(fault ?? (store.Started.IsCompleted ? "The facts are being read." : "The facts are read when the event store has started."), null, data)
            : policiesFault is { } unusable ? HealthCheckResult.Unhealthy(unusable, null, data)
            : age > DegradedAfter.TotalSeconds ? HealthCheckResult.Degraded(
                $"{fault ?? "The facts lag behind the event store."} Decisions rest on facts that are {age:F0} s old.", null, data)
            : HealthCheckResult.Healthy(null, data));
    }

    public override void Dispose()
    {
        failures.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await store.Started.WaitAsync(stoppingToken);
        Task watching = WatchHeadAsync(stoppingToken);
        TimeSpan delay = TimeSpan.FromMilliseconds(100);
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await CatchUpAsync(stoppingToken);
                failures.Over();
                delay = TimeSpan.FromMilliseconds(100);
                await foreach (IReadOnlyList<StoredEvent> batch in store.FollowAsync(fold.Position, stoppingToken))
                {
                    Apply(batch);
                    Publish();
                }
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                failures.Outage("The facts cannot be followed, it is tried again until they can", e.Message, e);
                fault = "The event store cannot be followed.";
                await Task.Delay(delay, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                delay = delay * 2 < RetryDelayMax ? delay * 2 : RetryDelayMax;
            }
            catch (OperationCanceledException)
            {
                break;
            }
        }

        await watching.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>Reads page after page into one fold and publishes once.</summary>
    private async Task CatchUpAsync(CancellationToken cancellation)
    {
        long started = clock.GetTimestamp();
        long from = fold.Position;
        IReadOnlyList<StoredEvent> page;
        do
        {
            page = await store.ReadAllAsync(fold.Position, PageSize, cancellation);
            Apply(page);
        }
        while (page.Count == PageSize);

        Publish();
        if (!ready)
        {
            // The events that the facts came from are garbage now, many times the size of the facts: their memory goes back before the first decision.
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        }

        logger.LogInformation(
            "The facts have come from position {From} to {Position} in {Elapsed}", from, fold.Position, clock.GetElapsedTime(started));
        ready = true;
    }

    private void Apply(IReadOnlyList<StoredEvent> events)
    {
        try
        {
            foreach (StoredEvent stored in events)
            {
                fold.Apply(stored);
            }
        }
        catch
        {
            // A fold that stopped in the middle of a change is worth nothing: the next attempt reads from the beginning.
            fold = new FactsFold(options.Value.PolicySet);
            throw;
        }
    }

    private void Publish()
    {
        FactsSnapshot next = fold.Snapshot();
        Volatile.Write(ref current, next);
        policiesFault = fold.PoliciesFault;
        fault = null;
        Volatile.Write(ref currentSince, clock.GetTimestamp());
        waiters.Release(next);
    }

    /// <summary>Following tells nothing while nothing happens; this asks, so that silence and absence are told apart.</summary>
    private async Task WatchHeadAsync(CancellationToken cancellation)
    {
        while (true)
        {
            await Task.Delay(HeadInterval, clock, cancellation);
            try
            {
                long asked = clock.GetTimestamp();
                long position = Current.Position;
                long found = await store.HeadAsync(cancellation);
                Volatile.Write(ref head, found);
                // The head may be an event that readers skip (a tombstone): then nothing is missing either.
                if (ready && (found <= position || (await store.ReadAllAsync(position, 1, cancellation)).Count == 0))
                {
                    Volatile.Write(ref currentSince, asked);
                }
            }
            catch (Exception e) when (!cancellation.IsCancellationRequested)
            {
                fault = "The event store cannot be reached.";
                logger.LogDebug(e, "The head of the event store cannot be read");
            }
        }
    }
}
