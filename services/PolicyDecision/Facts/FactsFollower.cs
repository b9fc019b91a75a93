using AccessGov.EventSourcing;
using AccessGov.PolicyDecision.Networks;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace AccessGov.PolicyDecision.Facts;

/// <summary>
/// Keeps the facts by following the event store: reads everything once, then batch by batch. While the store is away the last snapshot stays, and health says
/// how old it is.
/// </summary>
internal sealed class FactsFollower(
    IEventStore store, FactsLease lease, IOptions<PolicyDecisionOptions> options, TimeProvider clock, ILogger<FactsFollower> logger)
    : BackgroundService, IFacts, IHealthCheck
{
    private const int PageSize = 10_000;
    private static readonly TimeSpan RetryDelayMax = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan DegradedAfter = TimeSpan.FromSeconds(5);

    private readonly FactsWaiters waiters = new();
    private readonly FailureLog failures = new(clock, logger);
    private readonly Lock publishing = new();
    private CountryTable countries = CountryTable.Empty;
    private FactsSnapshot current = FactsSnapshot.Empty;
    private FactsFold fold = new(options.Value.PolicySet);
    private volatile string? fault;
    private volatile string? policiesFault;
    private volatile bool ready;
    private long head;

    public FactsSnapshot Current => Volatile.Read(ref current);

    public bool IsReady => ready && lease.HasBegun;

    public bool AreComplete => lease.Holds;

    /// <summary>The last position of the event store that is known.</summary>
    public long Head
    {
        get => Volatile.Read(ref head);
        set => Volatile.Write(ref head, value);
    }

    /// <summary>Addresses are in these countries from now on.</summary>
    public void UseCountries(CountryTable table)
    {
        lock (publishing)
        {
            countries = table;
            Volatile.Write(ref current, current with { Countries = table });
        }
    }

    /// <summary>The event store does not answer.</summary>
    public void CannotBeReached() => fault = "The event store cannot be reached.";

    public ValueTask<FactsSnapshot> AtLeastAsync(long position, CancellationToken cancellation)
    {
        FactsSnapshot snapshot = Current;
        return snapshot.Position >= position ? new(snapshot) : new(waiters.WaitAsync(position, () => Current, cancellation));
    }

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        long position = Current.Position;
        double age = IsReady ? Math.Round(lease.Age.TotalSeconds, 1) : -1;
        var data = new Dictionary<string, object>(StringComparer.Ordinal)
        {
            ["position"] = position,
            ["head"] = Math.Max(position, Head),
            ["lag"] = Math.Max(0, Head - position),
            ["age_seconds"] = age,
            ["policy_set_version"] = Current.Policies?.Version ?? 0,
        };
        return Task.FromResult(
            !IsReady ? HealthCheckResult.Unhealthy(fault ?? (store.Started.IsCompleted ? "The facts are being read." : "The facts are read when the event store has started."), null, data)
            : policiesFault is { } unusable ? HealthCheckResult.Unhealthy(unusable, null, data)
            : !lease.Holds ? HealthCheckResult.Unhealthy(
                $"{fault ?? "The facts lag behind the event store."} They were complete {age:F0} s ago, so everything is denied until they are again.", null, data)
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
    }

    /// <summary>Reads page after page into one fold and publishes once.</summary>
    private async Task CatchUpAsync(CancellationToken cancellation)
    {
        long started = clock.GetTimestamp();
        long from = fold.Position;
        Task<IReadOnlyList<StoredEvent>> ahead = store.ReadAllAsync(from, PageSize, cancellation);
        try
        {
            IReadOnlyList<StoredEvent> page;
            do
            {
                page = await ahead;
                // The next page is on its way while this one is folded.
                ahead = page.Count == PageSize ? store.ReadAllAsync(page[^1].Position, PageSize, cancellation) : ahead;
                Apply(page);
            }
            while (page.Count == PageSize);
        }
        finally
        {
            // A fold that fails does not leave a read behind.
            await ((Task)ahead).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

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
        lock (publishing)
        {
            next = next with { Countries = countries };
            Volatile.Write(ref current, next);
        }

        policiesFault = fold.PoliciesFault;
        fault = null;
        lease.Reached(next.Position);
        waiters.Release(next);
    }
}
